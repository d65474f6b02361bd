//! What prompts can be filtered by, counted in memory.

use std::collections::HashMap;

use promptory_api::prompt::{Facet, Facets};
use promptory_core::limits;

use super::Ctx;

#[derive(Default)]
struct Counts<'a>(HashMap<&'a str, i64>);

impl<'a> Counts<'a> {
    fn add(&mut self, value: &'a str) {
        if !value.is_empty() {
            *self.0.entry(value).or_default() += 1;
        }
    }

    /// Most first; equal ones by their value.
    fn most(self) -> Vec<Facet> {
        let mut all: Vec<Facet> =
            (self.0.into_iter()).map(|(value, prompts)| Facet { value: value.to_owned(), prompts }).collect();
        all.sort_unstable_by(|a, b| b.prompts.cmp(&a.prompts).then_with(|| a.value.cmp(&b.value)));
        all.truncate(limits::FACETS);
        all
    }
}

/// Of prompts that are not archived.
pub fn facets(ctx: &Ctx) -> Facets {
    let snapshot = ctx.project.snapshot();
    let [mut folders, mut tags, mut categories, mut owners, mut providers] =
        [(); 5].map(|()| Counts::default());
    for entry in snapshot.entries().filter(|entry| !entry.archived) {
        folders.add(entry.name.split_once('/').map_or("", |(folder, _)| folder));
        entry.about.tags.iter().for_each(|tag| tags.add(tag));
        categories.add(&entry.about.category);
        owners.add(&entry.about.owner);
        providers
            .add(entry.latest.as_ref().and_then(|latest| latest.provider.as_deref()).unwrap_or_default());
    }
    Facets {
        folders: folders.most(),
        tags: tags.most(),
        categories: categories.most(),
        owners: owners.most(),
        providers: providers.most(),
    }
}
