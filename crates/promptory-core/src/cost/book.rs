//! Looking prices up: what a project says stands before what the instance says, and that before what is built in.

use std::{collections::HashMap, sync::Arc};

use super::{
    Overflow, Price, Usage, built_in,
    names::{normalised, try_names},
};
use crate::time::Timestamp;

/// Who says a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    Project,
    Instance,
    BuiltIn,
}

impl Layer {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Instance => "instance",
            Self::BuiltIn => "built_in",
        }
    }
}

/// What is older than every call.
pub fn forever() -> Timestamp {
    Timestamp::from_micros(i64::MIN)
}

/// A price of one model, from a time on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Empty for what is built in.
    pub id: Box<str>,
    /// As [`super::provider_name`] has it.
    pub provider: Box<str>,
    /// Lower case.
    pub model: Box<str>,
    /// Until the next entry of the same model; [`forever`] for what always held as far as is known.
    pub valid_from: Timestamp,
    pub price: Price,
    /// Where it is published, or who says so.
    pub source: Box<str>,
}

impl Entry {
    /// In order of provider, model and time.
    pub fn key(&self) -> (&str, &str, Timestamp) {
        (&self.provider, &self.model, self.valid_from)
    }
}

/// The prices of one layer.
#[derive(Debug, Default)]
pub struct Prices {
    /// In order of their keys.
    entries: Vec<Entry>,
    /// From a model to its entries, one run for each provider.
    models: HashMap<Box<str>, Vec<(usize, usize)>>,
}

impl Prices {
    /// Of two entries with the same key the later one stands.
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.reverse();
        entries.sort_by(|one, other| one.key().cmp(&other.key()));
        entries.dedup_by(|one, other| one.key() == other.key());
        let mut models: HashMap<Box<str>, Vec<(usize, usize)>> = HashMap::new();
        let mut from = 0;
        for run in
            entries.chunk_by(|one, other| (&one.provider, &one.model) == (&other.provider, &other.model))
        {
            if let Some(first) = run.first() {
                models.entry(first.model.clone()).or_default().push((from, from + run.len()));
            }
            from += run.len();
        }
        Self { entries, models }
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Every entry of exactly this provider and model, the oldest first.
    pub fn of(&self, provider: &str, model: &str) -> &[Entry] {
        self.runs(model)
            .find(|run| run.first().is_some_and(|entry| *entry.provider == *provider))
            .unwrap_or_default()
    }

    fn runs(&self, model: &str) -> impl Iterator<Item = &[Entry]> {
        let runs = self.models.get(model).map(Vec::as_slice).unwrap_or_default();
        runs.iter().filter_map(|(from, to)| self.entries.get(*from..*to))
    }

    fn at(&self, provider: &str, model: &str, at: Timestamp) -> Option<&Entry> {
        in_force(self.of(provider, model), at)
    }

    fn providers(&self, model: &str) -> impl Iterator<Item = &str> {
        self.runs(model).filter_map(|run| run.first()).map(|entry| &*entry.provider)
    }
}

/// The last that had begun.
fn in_force(run: &[Entry], at: Timestamp) -> Option<&Entry> {
    run.iter().rfind(|entry| entry.valid_from <= at)
}

/// Every price that a project's calls may have. Cheap to clone and to make anew from its layers.
#[derive(Debug, Clone)]
pub struct PriceBook {
    layers: [(Layer, Arc<Prices>); 3],
}

impl PriceBook {
    pub fn new(project: Arc<Prices>, instance: Arc<Prices>) -> Self {
        let layers = [
            (Layer::Project, project),
            (Layer::Instance, instance),
            (Layer::BuiltIn, Arc::clone(built_in())),
        ];
        Self { layers }
    }

    /// The price that was valid then. A nearer layer's word for the model, by any of its names, stands before a
    /// farther one's. None: nobody says what it costs, which does not mean nothing.
    pub fn find(&self, provider: Option<&str>, model: &str, at: Timestamp) -> Option<(Layer, &Entry)> {
        let (provider, name) = normalised(provider, model);
        let whole = model.trim();
        // A name with capitals is lowered once more: rare, and the only reason to allocate.
        let lowered;
        let whole = if whole.bytes().any(|byte| byte.is_ascii_uppercase()) {
            lowered = whole.to_lowercase();
            &lowered
        } else {
            whole
        };
        match provider {
            Some(provider) => self.listed(&provider, whole, &name, at),
            None => self.listed(self.only_provider(whole, &name)?, whole, &name, at),
        }
    }

    fn listed(&self, provider: &str, whole: &str, name: &str, at: Timestamp) -> Option<(Layer, &Entry)> {
        self.layers.iter().find_map(|(layer, prices)| {
            try_names(provider, whole, name, |name| prices.at(provider, name, at))
                .map(|entry| (*layer, entry))
        })
    }

    /// Who lists a model whose provider nobody names: an answer only where there is one.
    fn only_provider(&self, whole: &str, name: &str) -> Option<&str> {
        try_names("", whole, name, |name| {
            let mut all = self.layers.iter().flat_map(|(_, prices)| prices.providers(name));
            let first = all.next()?;
            // Several: the search ends here without one.
            Some(all.all(|other| other == first).then_some(first))
        })
        .flatten()
    }

    /// Picodollars of one call. None: no price is known.
    pub fn cost(
        &self,
        provider: Option<&str>,
        model: &str,
        at: Timestamp,
        usage: &Usage,
    ) -> Option<Result<i64, Overflow>> {
        self.find(provider, model, at).map(|(_, entry)| entry.price.cost(usage))
    }

    pub fn layers(&self) -> impl Iterator<Item = (Layer, &Prices)> {
        self.layers.iter().map(|(layer, prices)| (*layer, &**prices))
    }

    /// For each provider and model the entry that prices it then, in order of both.
    pub fn in_force(&self, at: Timestamp) -> Vec<(Layer, &Entry)> {
        let mut found: Vec<(Layer, &Entry)> = Vec::new();
        for (layer, prices) in self.layers() {
            let runs = prices
                .entries()
                .chunk_by(|one, other| (&one.provider, &one.model) == (&other.provider, &other.model));
            found.extend(runs.filter_map(|run| in_force(run, at)).map(|entry| (layer, entry)));
        }
        // Stable: of the same model the nearer layer comes first, and stays.
        found.sort_by(|(_, one), (_, other)| {
            (&one.provider, &one.model).cmp(&(&other.provider, &other.model))
        });
        found.dedup_by(|(_, one), (_, other)| (&one.provider, &one.model) == (&other.provider, &other.model));
        found
    }
}
