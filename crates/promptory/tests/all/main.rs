//! The program as its users run it: real processes, real sockets, real signals.
#![cfg(test)]

mod approval;
mod backup;
mod boundaries;
mod cli;
mod config;
mod crash;
mod disk;
mod doctor;
mod executions;
mod files;
mod langfuse;
mod leaders;
mod master_key;
mod postgres;
mod process;
mod recorder;
mod recording;
mod release;
mod rollback;
mod start;
mod steps;
mod stopping;
mod two_servers;
mod verify_install;
