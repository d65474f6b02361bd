//! Which cells answer a question: the coarsest inside each bucket, finer ones at its edges. Pure.

use promptory_core::{
    analytics::{Cube, Grain, Interval, Zone},
    time::Timestamp,
};

use crate::recording::kept;

/// The time that is asked for: microseconds, the end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub from: i64,
    pub to: i64,
    /// Whether the caller gave them. What is a default may be widened without a word.
    pub from_given: bool,
    pub to_given: bool,
}

/// Cells of one grain that are counted to one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub grain: Grain,
    pub from: i64,
    pub to: i64,
    /// Number of the bucket.
    pub slot: u32,
}

/// Cells that are read in one go. Some of them may belong to no segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub grain: Grain,
    pub from: i64,
    pub to: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub cube: Cube,
    /// What is counted in the end.
    pub from: i64,
    pub to: i64,
    /// In the order of grain and time.
    segments: Vec<Segment>,
    pub spans: Vec<Span>,
    pub remarks: Vec<String>,
}

impl Plan {
    /// One bucket.
    pub fn whole(cube: Cube, range: Range, now: i64) -> Self {
        Self::over(cube, range, &[], false, now)
    }

    /// A bucket for each of these begins, which lie in the range; the first may begin before it.
    pub fn buckets(cube: Cube, range: Range, begins: &[i64], now: i64) -> Self {
        let aligned = begins.first() == Some(&range.from);
        Self::over(cube, range, begins.get(1..).unwrap_or_default(), aligned, now)
    }

    /// `inner`: where a bucket ends and the next begins.
    fn over(cube: Cube, range: Range, inner: &[i64], aligned: bool, now: i64) -> Self {
        let cells = Cells { cube, now };
        let first = cells.finest(range.from);
        let from = if aligned { first.ceil(range.from) } else { first.start(range.from) };
        let (mut edges, mut moved) = (vec![from], (aligned && from != range.from).then_some(first));
        for edge in inner {
            let grain = cells.finest(*edge);
            let ceil = grain.ceil(*edge);
            moved = moved.max((ceil != *edge).then_some(grain));
            edges.push(ceil.max(edges[edges.len() - 1]));
        }
        let last = cells.finest(range.to);
        let to = last.ceil(range.to).max(edges[edges.len() - 1]);
        edges.push(to);
        let mut segments = Vec::new();
        for (slot, edge) in edges.windows(2).enumerate() {
            cells.cover(u32::try_from(slot).unwrap_or(u32::MAX), (edge[0], edge[1]), &mut segments);
        }
        segments.sort_unstable_by_key(|one: &Segment| (one.grain, one.from));
        let spans = spans(&segments);
        let mut remarks = Vec::new();
        if range.from_given && !aligned && from != range.from {
            remarks.push(widened("from", from, first));
        }
        // What is yet to come holds nothing.
        if range.to_given && to != range.to && range.to < now {
            remarks.push(widened("until", to, last));
        }
        if let Some(grain) = moved {
            remarks.push(format!(
                "Days and hours of this zone do not begin where the finest figures of this kind do: {} of UTC are \
                 counted to the bucket in which they begin.",
                plural(grain)
            ));
        }
        Self { cube, from, to, segments, spans, remarks }
    }

    /// The bucket that a cell is counted to, if any.
    pub fn slot(&self, grain: Grain, bucket: i64) -> Option<u32> {
        let after = self.segments.partition_point(|one| (one.grain, one.from) <= (grain, bucket));
        let segment = self.segments[..after].last()?;
        (segment.grain == grain && bucket < segment.to).then_some(segment.slot)
    }
}

fn widened(word: &str, at: i64, grain: Grain) -> String {
    let at = Timestamp::from_micros(at).to_rfc3339();
    format!("Counted {word} {at}: the finest figures of this kind and time are {}.", plural(grain))
}

const fn plural(grain: Grain) -> &'static str {
    match grain {
        Grain::Minute => "minutes",
        Grain::Quarter => "quarters of an hour",
        Grain::Hour => "hours",
        Grain::Day => "days",
    }
}

/// The cells of a cube that there are now.
#[derive(Clone, Copy)]
struct Cells {
    cube: Cube,
    now: i64,
}

impl Cells {
    /// The finest grain on which a time can be cut: its cells are kept from where the next coarser one begins, which can
    /// be cut there in turn.
    fn finest(self, at: i64) -> Grain {
        let grains = self.cube.grains();
        let mut finest = grains[grains.len() - 1];
        for pair in grains.windows(2).rev() {
            if !kept(pair[0], pair[1].start(at), self.now) {
                break;
            }
            finest = pair[0];
        }
        finest
    }

    /// Covers a time whose ends lie on the finest grain there.
    fn cover(self, slot: u32, (from, to): (i64, i64), out: &mut Vec<Segment>) {
        if from >= to {
            return;
        }
        for grain in self.cube.grains().iter().rev() {
            let (begin, end) = (grain.ceil(from), grain.start(to));
            if begin < end && kept(*grain, begin, self.now) {
                out.push(Segment { grain: *grain, from: begin, to: end, slot });
                self.cover(slot, (from, begin), out);
                self.cover(slot, (end, to), out);
                return;
            }
        }
    }
}

/// Neighbours are read together, and what lies between two that are near comes along.
fn spans(segments: &[Segment]) -> Vec<Span> {
    const GAP: i64 = 2;
    let mut spans: Vec<Span> = Vec::new();
    for Segment { grain, from, to, .. } in segments.iter().copied() {
        match spans.last_mut() {
            Some(last) if last.grain == grain && from - last.to <= GAP * grain.micros() => last.to = to,
            _ => spans.push(Span { grain, from, to }),
        }
    }
    spans
}

/// Where the buckets of a series begin. None: there are more than `most`.
pub fn begins(zone: &Zone, interval: Interval, (from, to): (i64, i64), most: usize) -> Option<Vec<i64>> {
    let mut begins = Vec::new();
    let mut begin = zone.start(interval, from);
    while begin < to {
        if begins.len() == most {
            return None;
        }
        begins.push(begin);
        begin = zone.next(interval, begin);
    }
    Some(begins)
}

/// What suits a time when nobody says: some hundred points.
pub fn interval(cube: Option<Cube>, (from, to): (i64, i64), now: i64) -> Interval {
    let hours = (to - from) / Grain::Hour.micros();
    let minutes = cube.is_none_or(|cube| cube.finest() == Grain::Minute && kept(Grain::Minute, from, now));
    match hours {
        ..4 if minutes => Interval::Minute,
        ..200 if kept(Grain::Hour, from, now) => Interval::Hour,
        _ => Interval::Day,
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
