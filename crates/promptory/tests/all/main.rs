//! The program as its users run it: real processes, real sockets, real signals.
#![cfg(test)]

mod cli;
mod crash;
mod files;
mod process;
mod start;
mod two_servers;
