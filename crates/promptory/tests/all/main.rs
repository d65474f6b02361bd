//! The program as its users run it: real processes, real sockets, real signals.
#![cfg(test)]

mod backup;
mod boundaries;
mod cli;
mod crash;
mod disk;
mod files;
mod postgres;
mod process;
mod start;
mod two_servers;
