//! What goes wrong: servers fall, sleep past their lease, do not hear of changes, and have clocks that step.

use anyhow::ensure;
use promptory_server::jobs::ROLLOUTS;

use super::{
    SECOND, World,
    cells::{AFTER, BEFORE},
    mutant::Mutant,
    server::{Server, Way},
};
use crate::check::Found;

const HOUR: i64 = 3_600 * SECOND;

#[derive(Default)]
pub struct Faults {
    /// Where the server falls that takes the next command.
    pub command: Option<&'static str>,
    /// How many servers have fallen, or fallen asleep.
    pub falls: u64,
    /// Who moves rollouts, as far as anybody saw.
    pub leader: Option<usize>,
    /// The leader falls asleep when it has next moved something.
    drowsy: bool,
    sleeper: Option<Sleeper>,
    cut_until: i64,
}

struct Sleeper {
    n: usize,
    /// It does not know that it slept.
    unaware: bool,
}

impl World {
    /// Something happens to a server or its clock.
    pub async fn fault(&mut self) -> Found {
        match self.rng.u32(0..10) {
            0..=2 => self.faults.command = Some(if self.rng.bool() { BEFORE } else { AFTER }),
            3 => {
                if let Some(n) = self.any_server(|server| server.way == Way::Up) {
                    self.restart(n).await?;
                    self.coverage.met("a server falls between changes");
                }
            }
            4..=5 => self.faults.drowsy = true,
            6..=7 => self.cut(),
            _ => self.step_clock(),
        }
        Ok(())
    }

    /// It is thrown away, and another one starts on the same database.
    pub async fn restart(&mut self, n: usize) -> Found {
        self.faults.falls += 1;
        let old = self.servers.remove(n);
        let off = old.hands.off();
        old.end(&self.ground).await;
        self.servers.insert(n, Server::start(&self.ground, off).await?);
        if self.faults.leader == Some(n) {
            self.faults.leader = None;
        }
        Ok(())
    }

    /// Two of three take part at least in what people do, or one while another one sleeps.
    fn cut(&mut self) {
        let up = self.servers.iter().filter(|server| server.way == Way::Up).count();
        if up < 2 {
            return;
        }
        if let Some(n) = self.any_server(|server| server.way == Way::Up) {
            self.servers[n].way = Way::Cut;
            self.faults.cut_until = self.time() + self.rng.i64(1..12) * HOUR;
            self.coverage.met("a server does not hear of changes");
        }
    }

    /// Whoever was cut off for long enough is not any more.
    pub async fn mend(&mut self) -> Found {
        if self.time() < self.faults.cut_until {
            return Ok(());
        }
        for n in 0..self.servers.len() {
            if self.servers[n].way == Way::Cut {
                self.servers[n].way = Way::Up;
                self.hear().await?;
                ensure!(self.revisions[n] == self.book.head, "a server that looked is behind");
                self.coverage.met("a server catches up");
            }
        }
        Ok(())
    }

    fn step_clock(&mut self) {
        let hour = if self.rng.bool() { HOUR } else { -HOUR };
        let all = self.chance(40);
        let one = self.rng.usize(0..self.servers.len());
        for (n, server) in self.servers.iter().enumerate().filter(|(n, _)| all || *n == one) {
            let off = server.hands.off();
            // Back to where it belongs, if it was off.
            let to = if off == 0 { hour } else { 0 };
            server.hands.set_off(to);
            if n == one {
                self.coverage.met(match (all, to > off) {
                    (true, true) => "all clocks go on an hour",
                    (true, false) => "all clocks go back an hour",
                    (false, true) => "a server's clock goes on an hour",
                    (false, false) => "a server's clock goes back an hour",
                });
            }
        }
    }

    /// After a look of a server: whether it leads now, and whether it falls asleep.
    pub async fn note_leader(&mut self, n: usize, before: i64) -> Found {
        let lease = self.store()?.lease(ROLLOUTS).await?;
        let holder = lease.map(|row| row.holder).unwrap_or_default();
        if holder != *self.servers[n].app.node {
            return Ok(());
        }
        if self.faults.leader != Some(n) {
            self.faults.leader = Some(n);
            self.coverage.met("another leader");
        }
        let others = self.servers.iter().filter(|server| server.way == Way::Up).count();
        let moved = self.book.head > before;
        if self.faults.drowsy && moved && others > 1 && self.faults.sleeper.is_none() {
            self.faults.drowsy = false;
            self.faults.falls += 1;
            self.servers[n].sleep();
            self.faults.sleeper = Some(Sleeper { n, unaware: self.rng.bool() });
        }
        Ok(())
    }

    /// It wakes up when something is to be done, after another one took over, and works on before anybody else does.
    pub async fn wake_sleeper(&mut self) -> Found {
        let Some(Sleeper { n, unaware }) = self.faults.sleeper else { return Ok(()) };
        let lease = self.store()?.lease(ROLLOUTS).await?;
        let lost = lease.is_some_and(|row| row.holder != *self.servers[n].app.node);
        if !lost || self.store()?.due_deployments(self.time(), 1).await?.is_empty() {
            return Ok(());
        }
        self.faults.sleeper = None;
        self.servers[n].wake(unaware);
        self.servers[n].hands.set_off(0);
        let before = self.book.head;
        if unaware {
            self.tick(n, false).await?;
            ensure!(
                self.book.head == before || self.is(Mutant::SkipFence),
                "a server with an old fence wrote"
            );
            self.coverage.met("an old fence is refused");
        } else {
            // With SQLite it takes over at once, as if it had just been started.
            self.tick(n, !self.place.is_postgres()).await?;
            self.coverage.met("a leader wakes up and has lost its lease");
        }
        Ok(())
    }
}
