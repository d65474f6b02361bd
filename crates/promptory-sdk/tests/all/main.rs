#![cfg(test)]
//! The client against the real server, over real sockets, in simulated time.

mod answers;
mod caching;
mod changes;
mod disk;
mod gate;
mod local;
mod odd;
mod outage;
mod python;
mod recording;
mod recording_disk;
mod recording_many;
mod recording_outage;
mod vectors;
mod world;
