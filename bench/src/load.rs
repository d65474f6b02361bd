//! Closed-loop load from this process: each connection has one request under way.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{machine, wire::Connection};

/// Answers that are looked into: one in so many.
const SAMPLE: u64 = 16;

/// A prebuilt request and what its answer's body must hold.
pub struct Ask {
    pub request: Vec<u8>,
    pub expected: Vec<String>,
}

#[derive(Clone)]
pub struct Load {
    pub asks: Arc<Vec<Ask>>,
    pub threads: usize,
    /// Of each thread, which sends on all of them and then reads all answers: the server always has work, and the
    /// generator takes little of the machine.
    pub connections: usize,
    pub time: Duration,
}

#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub requests: u64,
    pub statuses: BTreeMap<u16, u64>,
    pub looked_at: u64,
    pub wrong: u64,
    pub wall: Duration,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.looked_at += other.looked_at;
        self.wrong += other.wrong;
        self.wall = self.wall.max(other.wall);
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += count;
        }
    }

    /// Answers with another status, or with the wrong content.
    pub fn failed(&self, expected: u16) -> u64 {
        self.requests - self.statuses.get(&expected).unwrap_or(&0) + self.wrong
    }
}

impl Load {
    pub fn run(&self, address: SocketAddr) -> Result<Tally> {
        let started = machine::now();
        let threads: Vec<_> = (0..self.threads)
            .map(|n| {
                let load = self.clone();
                std::thread::spawn(move || load.one_thread(address, n as u64 + 1, started))
            })
            .collect();
        let mut whole = Tally::default();
        for thread in threads {
            let tally = thread.join().ok().context("a load thread panicked")??;
            whole.add(&tally);
        }
        whole.wall = started.elapsed();
        Ok(whole)
    }

    fn one_thread(&self, address: SocketAddr, seed: u64, started: Instant) -> Result<Tally> {
        let mut connections: Vec<Connection> =
            (0..self.connections).map(|_| Connection::open(address)).collect::<Result<_>>()?;
        let mut asked = vec![0_usize; connections.len()];
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut tally = Tally::default();
        let mut counts = [0_u64; 600];
        while started.elapsed() < self.time {
            for (connection, asked) in connections.iter_mut().zip(&mut asked) {
                *asked = random.below(self.asks.len());
                connection.send(&self.asks[*asked].request)?;
            }
            for (connection, asked) in connections.iter_mut().zip(&asked) {
                let answer = connection.receive()?;
                tally.requests += 1;
                counts[usize::from(answer.status) % 600] += 1;
                if tally.requests.is_multiple_of(SAMPLE) && !answer.body.is_empty() {
                    tally.looked_at += 1;
                    let body = String::from_utf8_lossy(answer.body);
                    let right = self.asks[*asked].expected.iter().all(|part| body.contains(part.as_str()));
                    tally.wrong += u64::from(!right);
                }
            }
        }
        for (status, count) in (0_u16..).zip(counts).filter(|(_, count)| *count > 0) {
            tally.statuses.insert(status, count);
        }
        Ok(tally)
    }
}

/// xorshift64*: any spread will do.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(mixed).unwrap_or(0) % bound.max(1)
    }
}
