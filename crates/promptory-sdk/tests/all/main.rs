#![cfg(test)]
//! The client against the real server, over real sockets, in simulated time.

mod caching;
mod changes;
mod disk;
mod gate;
mod local;
mod odd;
mod outage;
mod python;
mod vectors;
mod world;
