//! What was recorded and is not in the database's cells yet: counted in memory, in the finest grain of each cube.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use promptory_core::analytics::{Cell, Cube, Fact, Grain, PackKey, Sample, ScoreFact};
use promptory_store::{PackQuery, Recorder};

type Cells = HashMap<Box<[u8]>, Cell>;

/// The rows of one recorder after one and up to another.
#[derive(Debug, Default, Clone)]
pub struct Generation {
    pub recorder: Recorder,
    /// Number of the last row that is counted here.
    pub up_to: i64,
    packs: HashMap<PackKey, Cells>,
    /// Room for keys.
    buffer: Vec<u8>,
}

/// Where a fact is counted.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Short, as for the prompt.
    pub project: i64,
    pub prompt: i64,
}

impl Generation {
    pub fn of(recorder: Recorder, up_to: i64) -> Self {
        Self { recorder, up_to, ..Self::default() }
    }

    /// Adds what another one counted.
    pub fn add(&mut self, other: &Self) {
        for (key, cells) in &other.packs {
            let own = self.packs.entry(*key).or_default();
            for (name, cell) in cells {
                own.entry(name.clone()).or_default().merge(cell);
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.packs.is_empty()
    }

    /// Packs that it touches, before they are added up to coarser grains.
    pub fn len(&self) -> usize {
        self.packs.len()
    }

    pub fn packs(&self) -> impl Iterator<Item = (&PackKey, &Cells)> {
        self.packs.iter()
    }

    pub fn count(&mut self, place: Place, fact: &Fact<'_>) {
        let sample = Sample::new(fact);
        self.each_cell(place, fact, |cell| cell.add(&sample));
    }

    /// What was said of an execution that is counted already.
    pub fn score(&mut self, place: Place, fact: &Fact<'_>, score: &ScoreFact<'_>) {
        self.each_cell(place, fact, |cell| cell.score(score));
    }

    /// A cost that became known of an execution that is counted already.
    pub fn price(&mut self, place: Place, fact: &Fact<'_>, cost: i64) {
        self.each_cell(place, fact, |cell| cell.price(cost));
    }

    /// The same in some cubes only.
    pub fn score_in(&mut self, cubes: &[Cube], place: Place, fact: &Fact<'_>, score: &ScoreFact<'_>) {
        self.each_cell_in(cubes, place, fact, |cell| cell.score(score));
    }

    fn each_cell(&mut self, place: Place, fact: &Fact<'_>, each: impl FnMut(&mut Cell)) {
        self.each_cell_in(&Cube::ALL, place, fact, each);
    }

    fn each_cell_in(
        &mut self,
        cubes: &[Cube],
        place: Place,
        fact: &Fact<'_>,
        mut each: impl FnMut(&mut Cell),
    ) {
        let (packs, started_at) = (&mut self.packs, fact.started_at);
        fact.each_key(&mut self.buffer, |cube, key| {
            if !cubes.contains(&cube) {
                return;
            }
            let grain = cube.finest();
            let prompt = if cube.is_total() { 0 } else { place.prompt };
            let bucket = grain.start(started_at);
            let cells =
                packs.entry(PackKey { project: place.project, cube, grain, prompt, bucket }).or_default();
            match cells.get_mut(key) {
                Some(cell) => each(cell),
                None => {
                    let mut cell = Cell::default();
                    each(&mut cell);
                    cells.insert(key.into(), cell);
                }
            }
        });
    }

    /// Its cells in a grain and time, with their pack in that grain.
    pub fn each_matching(&self, query: &PackQuery, mut each: impl FnMut(PackKey, &[u8], &Cell)) {
        for (key, cells) in &self.packs {
            let coarse = PackKey { grain: query.grain, bucket: query.grain.start(key.bucket), ..*key };
            let wanted = key.project == query.project
                && key.cube == query.cube
                && key.grain <= query.grain
                && (query.from..query.to).contains(&coarse.bucket)
                && (query.prompts.is_empty() || query.prompts.contains(&key.prompt));
            if wanted {
                cells.iter().for_each(|(name, cell)| each(coarse, name, cell));
            }
        }
    }

    /// The same cells for every grain in which they are stored: of minutes, those that are still kept at this time.
    pub fn in_all_grains(&self, now: i64, mut each: impl FnMut(PackKey, &[u8], &Cell)) {
        for (key, cells) in &self.packs {
            for coarse in grains_of(*key, now) {
                cells.iter().for_each(|(name, cell)| each(coarse, name, cell));
            }
        }
    }

    /// Their packs.
    pub fn keys_in_all_grains(&self, now: i64) -> BTreeSet<PackKey> {
        self.packs.keys().flat_map(|key| grains_of(*key, now)).collect()
    }
}

fn grains_of(key: PackKey, now: i64) -> impl Iterator<Item = PackKey> {
    let grains = key.cube.grains().iter().filter(move |grain| kept(**grain, key.bucket, now));
    grains.map(move |grain| PackKey { grain: *grain, bucket: grain.start(key.bucket), ..key })
}

/// Whether cells of a grain that begin at a time are kept now.
pub fn kept(grain: Grain, bucket: i64, now: i64) -> bool {
    grain.kept_days().is_none_or(|days| bucket >= now - days * Grain::Day.micros())
}

/// The generation that grows, and those on their way to the database.
#[derive(Debug, Default)]
pub struct Generations {
    pub open: Generation,
    pub flying: Vec<Arc<Generation>>,
}

/// Cells in memory that answer a question; each generation counts only where the database has not folded as far.
#[derive(Debug, Default)]
pub struct Unfolded {
    pub parts: Vec<UnfoldedPart>,
    /// Numbers of the recorders that this server holds: nothing of them is missing here.
    pub own: Vec<i64>,
}

/// Its pack, its key in it, and the cell.
pub type FoundCell = (PackKey, Box<[u8]>, Cell);

#[derive(Debug)]
pub struct UnfoldedPart {
    pub recorder: Recorder,
    pub up_to: i64,
    /// For each question in turn: pack, key, cell.
    pub cells: Vec<Vec<FoundCell>>,
}

impl Generations {
    /// To be asked before the database is: what is folded in between is then left out by its number, never missed.
    pub fn matching(&self, queries: &[PackQuery]) -> Unfolded {
        let generations = || self.flying.iter().map(|one| &**one).chain([&self.open]);
        let own = generations().map(|one| one.recorder.number).collect();
        let parts = generations().filter(|one| !one.is_empty()).map(|one| UnfoldedPart {
            recorder: one.recorder,
            up_to: one.up_to,
            cells: queries.iter().map(|query| cells(one, query)).collect(),
        });
        Unfolded { parts: parts.collect(), own }
    }
}

fn cells(generation: &Generation, query: &PackQuery) -> Vec<FoundCell> {
    let mut found = Vec::new();
    generation.each_matching(query, |key, name, cell| found.push((key, name.into(), cell.clone())));
    found
}
