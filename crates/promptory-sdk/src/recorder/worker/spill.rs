//! The part of the task that deals with the disk.

use std::{collections::VecDeque, sync::Arc};

use super::{Hand, Origin, SCAN, Worker};
use crate::{
    inner::lock,
    recorder::{
        encode::{Batch, batches},
        folder::Appended,
        shared::Shared,
    },
};

impl Worker {
    /// What other programs left is sent by this one.
    pub(super) async fn look_for_files(&mut self) {
        if self.shared.folder.is_none() {
            return;
        }
        self.rests = false;
        self.scan = Some(self.shared.clock.wait(SCAN));
        let found = self.shared.with_folder(|folder| Ok(folder.adopt())).await;
        let Some((lines, failed)) = found else { return };
        if let Some(error) = &failed {
            self.shared.note_disk(error);
        }
        self.shared.queue.change(|stats| {
            stats.recovered += lines;
            stats.spilled += lines;
        });
    }

    /// The oldest file, in batches.
    pub(super) async fn filed_hand(&mut self) -> Option<Hand> {
        while !self.rests && self.shared.folder.as_ref().is_some_and(|folder| !lock(folder).is_empty()) {
            let Some(sending) = self.shared.with_folder(|folder| folder.take()).await else {
                self.rests = true;
                return None;
            };
            let sending = sending?;
            self.shared.queue.change(|stats| {
                stats.spilled -= sending.damaged;
                stats.dropped.damaged += sending.damaged;
            });
            let name = sending.name;
            let batches: VecDeque<Batch> = batches(sending.kind, sending.lines, self.shared.batch).collect();
            if !batches.is_empty() {
                return Some(Hand { origin: Origin::File(name), batches });
            }
            self.shared.with_folder(move |folder| folder.done(&name)).await;
        }
        None
    }

    /// Writes a hand down. What cannot be written stays in hand.
    pub(super) async fn spill(&mut self, mut hand: Hand) {
        while let Some(batch) = hand.batches.pop_front() {
            let shared = Arc::clone(&self.shared);
            let work = move || match write(&shared, &batch) {
                true => None,
                false => Some(batch),
            };
            // The program ends: nobody is left to count for.
            let Ok(left) = tokio::task::spawn_blocking(work).await else { return };
            if let Some(batch) = left {
                hand.batches.push_front(batch);
                self.rests = true;
                return self.hands.push_back(hand);
            }
        }
        self.shared.tick();
    }

    /// What came from the queue is written down, and what is being sent goes from there.
    pub(super) async fn spill_hands(&mut self) {
        let from_queue = |hand: &Hand| matches!(hand.origin, Origin::Queue(_));
        let hands = std::mem::take(&mut self.hands);
        for hand in hands {
            if from_queue(&hand) && self.can_spill() {
                self.spill(hand).await;
            } else {
                self.hands.push_back(hand);
            }
        }
    }

    /// Files in hand are sent later.
    pub(super) async fn release_files(&mut self) {
        for hand in std::mem::take(&mut self.hands) {
            let Origin::File(name) = hand.origin else {
                self.hands.push_back(hand);
                continue;
            };
            let left = hand.batches.iter().map(Batch::len).sum();
            self.shared
                .with_folder(move |folder| {
                    folder.release(&name, left);
                    Ok(())
                })
                .await;
        }
    }

    /// The recorder is closed: what was not sent goes to the disk, or is lost.
    pub(super) async fn keep_the_rest(&mut self) {
        self.attempt = None;
        self.release_files().await;
        self.rests = false;
        while self.can_spill() {
            let Some(hand) = self.queued_hand().await else { break };
            self.hands.push_back(hand);
            self.spill_hands().await;
        }
        self.spill_hands().await;
        self.give_up();
        self.shared.with_folder(|folder| folder.let_go()).await;
        self.complaints.last_words(&self.shared.queue.stats());
    }

    /// Counts what is lost.
    fn give_up(&mut self) {
        let from_queue = |hand: &Hand| matches!(hand.origin, Origin::Queue(_));
        let in_hand = std::mem::take(&mut self.hands).into_iter().filter(from_queue);
        let mut lost: u64 = in_hand.flat_map(|hand| hand.batches).map(|batch| batch.len()).sum();
        while let Some(taken) = self.shared.queue.take() {
            lost += taken.entries.len() as u64;
        }
        lose(&self.shared, lost);
    }
}

fn lose(shared: &Shared, lost: u64) {
    shared.queue.change(|stats| {
        stats.queued -= lost;
        stats.dropped.unsent += lost;
    });
}

/// False: the disk does not take it. Blocks.
fn write(shared: &Shared, batch: &Batch) -> bool {
    let Some(folder) = &shared.folder else { return false };
    let name = shared.ids.next(shared.clock.now());
    let Appended { dropped, taken, problem } = lock(folder).append(batch, &name);
    let written = if taken { batch.len() } else { 0 };
    shared.queue.change(|stats| {
        stats.queued -= written;
        stats.spilled += written;
        stats.spilled -= dropped;
        stats.dropped.disk_full += dropped;
        stats.disk_problem = None;
    });
    if let Some(error) = &problem {
        shared.note_disk(error);
    }
    taken
}

/// The runtime ends before the recorder was closed, as when `main` returns: what can be kept is kept.
impl Drop for Worker {
    fn drop(&mut self) {
        let shared = Arc::clone(&self.shared);
        shared.queue.close();
        if let Some(folder) = &shared.folder {
            let in_hand = std::mem::take(&mut self.hands).into_iter();
            let in_hand = in_hand.filter(|hand| matches!(hand.origin, Origin::Queue(_)));
            let mut batches: Vec<Batch> = in_hand.flat_map(|hand| hand.batches).collect();
            while let Some(taken) = shared.queue.take() {
                batches.extend(shared.encode(taken.entries).batches);
            }
            for batch in batches.iter().filter(|batch| !write(&shared, batch)) {
                lose(&shared, batch.len());
            }
            if let Err(error) = lock(folder).let_go() {
                shared.note_disk(&error);
            }
        }
        self.give_up();
        shared.settled.send_replace(u64::MAX);
        shared.ended.send_replace(true);
        shared.tick();
    }
}
