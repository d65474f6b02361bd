//! Prices of models: what is in force, and what a call costs by it. From memory.

pub mod apply;
pub mod change;
pub mod import;
mod wire;

use promptory_api::{
    page::Page,
    prices::{Cost, CostQuery, Price, PriceQuery},
};
use promptory_core::{
    cost::{Entry, Layer, PriceBook, Usage, provider_name},
    time::Timestamp,
};

use super::{Ctx, Outcome};
use crate::{page, refusal::Refusal};

pub(super) use wire::dollars;

const LAYERS: [Layer; 3] = [Layer::Project, Layer::Instance, Layer::BuiltIn];

fn moment(ctx: &Ctx, name: &str, given: Option<&str>) -> Outcome<Timestamp> {
    given.map_or(Ok(ctx.now), |text| page::moment(name, text))
}

/// Where a price stands in the list.
fn place((layer, entry): &(Layer, &Entry)) -> String {
    // Times are moved above zero and padded, so that their texts sort as they do.
    let at = i128::from(entry.valid_from.micros()) - i128::from(i64::MIN);
    format!("{}\n{}\n{at:020}\n{}", entry.provider, entry.model, layer.as_str())
}

/// In order of provider, model and time.
///
/// # Errors
/// A parameter or cursor that makes no sense.
pub fn list(ctx: &Ctx, query: &PriceQuery) -> Outcome<Page<Price>> {
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::decode).transpose()?;
    let at = moment(ctx, "at", query.at.as_deref())?;
    let layer = query.layer.as_deref().map(wanted_layer).transpose()?;
    let book = ctx.prices();
    let in_force = book.in_force(at);
    let is_in_force = |found: &(Layer, &Entry)| {
        let of =
            |entry: &Entry| (&*entry.provider, &*entry.model).cmp(&(&*found.1.provider, &*found.1.model));
        let at = in_force.binary_search_by(|(_, other)| of(other));
        at.is_ok_and(|at| {
            in_force.get(at).is_some_and(|one| one.0 == found.0 && one.1.key() == found.1.key())
        })
    };
    let mut found = if query.all.unwrap_or(false) { everything(&book) } else { in_force.clone() };
    let provider = query.provider.as_deref().map(provider_name);
    let model = query.model.as_deref().map(str::to_lowercase);
    let part = query.query.as_deref().map(str::to_lowercase);
    found.retain(|(of, entry)| {
        layer.is_none_or(|layer| layer == *of)
            && provider.as_deref().is_none_or(|provider| *entry.provider == *provider)
            && model.as_deref().is_none_or(|model| *entry.model == *model)
            && part.as_deref().is_none_or(|part| format!("{}/{}", entry.provider, entry.model).contains(part))
    });
    let total = i64::try_from(found.len()).ok();
    found.sort_by_cached_key(place);
    if let Some(after) = after {
        found.retain(|one| place(one) > after);
    }
    let next_cursor = page::cut(&mut found, limit, place);
    let items = found.iter().map(|one| wire::price(one.0, one.1, is_in_force(one))).collect();
    Ok(Page { items, next_cursor, total })
}

fn everything(book: &PriceBook) -> Vec<(Layer, &Entry)> {
    book.layers()
        .flat_map(|(layer, prices)| prices.entries().iter().map(move |entry| (layer, entry)))
        .collect()
}

fn wanted_layer(word: &str) -> Outcome<Layer> {
    let layer = LAYERS.into_iter().find(|layer| layer.as_str() == word);
    layer.ok_or_else(|| Refusal::invalid("", format!("layer={word}: use project, instance or built_in.")))
}

/// # Errors
/// A time that cannot be read, or a cost that is too large to be one.
pub fn cost(ctx: &Ctx, query: &CostQuery) -> Outcome<Cost> {
    let at = moment(ctx, "at", query.at.as_deref())?;
    let usage = Usage {
        input: query.input_tokens.unwrap_or(0),
        output: query.output_tokens.unwrap_or(0),
        cached_read: query.cached_input_tokens.unwrap_or(0),
        cached_write: query.cache_write_tokens.unwrap_or(0),
        reasoning: query.reasoning_tokens.unwrap_or(0),
        batch: query.batch.unwrap_or(false),
    };
    let book = ctx.prices();
    let Some((layer, entry)) = book.find(query.provider.as_deref(), &query.model, at) else {
        return Ok(Cost { cost_usd: None, price: None });
    };
    let pico =
        entry.price.cost(&usage).map_err(|why| Refusal::invalid("", format!("Of this call {why}.")))?;
    Ok(Cost { cost_usd: Some(dollars(i128::from(pico))), price: Some(wire::price(layer, entry, true)) })
}
