//! The program as its users run it: real processes, real sockets, real signals.
#![cfg(test)]

mod cli;
mod config;
mod crash;
mod doctor;
mod files;
mod langfuse;
mod process;
mod recorder;
mod start;
mod stopping;
mod two_servers;
mod verify_install;
