//! `promptory executions record`

use std::fs::File;
use std::io::{BufRead, BufReader, Write};

use flate2::{Compression, write::GzEncoder};
use promptory_api::execution::{Recorded, Rejected};

use super::batch::{Batch, Batches, Place};
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

/// Rejections that are printed for people; `--json` has all of them.
const SHOWN: usize = 20;

pub(super) async fn run(context: &Context, route: &Route, file: &str) -> Result<(), Failure> {
    let (source, name): (Box<dyn BufRead>, &str) = if file == "-" {
        (Box::new(BufReader::new(std::io::stdin())), "standard input")
    } else {
        let open =
            File::open(file).map_err(|error| Failure::Usage(format!("{file} cannot be read: {error}")))?;
        (Box::new(BufReader::new(open)), file)
    };
    let mut batches = Batches::new(source, name);
    let mut total = Total::default();
    loop {
        let sent = match batches.next() {
            Ok(None) => break,
            Ok(Some(batch)) => send(context, route, &batch).await.map(|recorded| (batch, recorded)),
            Err(failure) => Err(failure),
        };
        match sent {
            Ok((batch, recorded)) => total.add(&batch.places, recorded),
            Err(failure) => {
                if total.sent > 0 {
                    context.out.aside(&total.so_far());
                }
                return Err(failure);
            }
        }
    }
    total.print(context)
}

async fn send(context: &Context, route: &Route, batch: &Batch) -> Result<Recorded, Failure> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(batch.lines.as_bytes())?;
    context.client.post_lines(route, packed.finish()?).await?.parse()
}

#[derive(Default)]
struct Total {
    sent: u64,
    recorded: Recorded,
    /// Of those that were rejected.
    places: Vec<Place>,
}

impl Total {
    fn add(&mut self, places: &[Place], recorded: Recorded) {
        self.recorded.accepted += recorded.accepted;
        self.recorded.duplicates += recorded.duplicates;
        for Rejected { index, detail } in recorded.rejected {
            let place = usize::try_from(index).ok().and_then(|index| places.get(index));
            self.places.extend(place);
            self.recorded.rejected.push(Rejected { index: self.sent + index, detail });
        }
        self.sent += places.len() as u64;
    }

    fn in_words(&self) -> String {
        let Recorded { accepted, duplicates, rejected } = &self.recorded;
        format!("{accepted} accepted, {duplicates} duplicates, {} rejected.", rejected.len())
    }

    /// For an end before the end.
    fn so_far(&self) -> String {
        format!("Until here: {}\nSend the same again: what has an id is not counted twice.", self.in_words())
    }

    fn print(&self, context: &Context) -> Result<(), Failure> {
        if context.out.is_json() {
            let body = serde_json::to_string(&self.recorded).unwrap_or_default();
            context.out.json(&body)?;
        } else {
            let mut text = String::new();
            for (place, rejected) in self.places.iter().zip(&self.recorded.rejected).take(SHOWN) {
                text.push_str(&format!("{place}: {}\n", rejected.detail));
            }
            if self.places.len() > SHOWN {
                text.push_str(&format!("… and {} more; --json has all.\n", self.places.len() - SHOWN));
            }
            context.out.block(&format!("{text}{}", self.in_words()))?;
        }
        if self.recorded.rejected.is_empty() { Ok(()) } else { Err(Failure::No) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_rejected_keeps_its_place() {
        let mut total = Total::default();
        let rejected = |index| vec![Rejected { index, detail: "no".to_owned() }];
        total.add(
            &[Place::Line(1), Place::Line(3)],
            Recorded { accepted: 1, duplicates: 0, rejected: rejected(1) },
        );
        total.add(&[Place::Line(4)], Recorded { accepted: 0, duplicates: 0, rejected: rejected(0) });
        let indexes: Vec<u64> = total.recorded.rejected.iter().map(|one| one.index).collect();
        assert_eq!((indexes, &total.places), (vec![1, 2], &vec![Place::Line(3), Place::Line(4)]));
        assert_eq!(total.in_words(), "1 accepted, 0 duplicates, 2 rejected.");
    }
}
