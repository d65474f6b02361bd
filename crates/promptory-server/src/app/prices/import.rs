//! Prices from the public table of LiteLLM.

use std::collections::{HashMap, HashSet};

use promptory_api::prices::{ImportedPrices, PriceImportQuery, PriceNote};
use promptory_core::{
    cost::{Entry, Listing, Prices, forever, read_litellm},
    limits,
    time::Timestamp,
};
use serde_json::{Map, Value, json};

use super::change::{layer, room};
use crate::{
    app::{Ctx, Outcome},
    refusal::Refusal,
};

const SOURCE: &str = "LiteLLM model_prices_and_context_window.json";
const ROUNDED: &str = "finer than a picodollar per token: rounded half to even";

/// # Errors
/// More prices than a layer holds, or the key is bound to an environment. What cannot be read of the table is in the
/// answer.
pub async fn import(
    ctx: &Ctx,
    query: &PriceImportQuery,
    table: &Map<String, Value>,
) -> Outcome<ImportedPrices> {
    let (layer, ctx) = layer(ctx, query.layer.as_deref())?;
    if !table.is_empty() && !table.values().any(Value::is_object) {
        let detail = "This is not LiteLLM's table: none of its fields is an object that describes a model.";
        return Err(Refusal::invalid("", detail));
    }
    let dry_run = query.dry_run.unwrap_or(false);
    let read = read_litellm(table);
    let mut report = ImportedPrices {
        dry_run,
        created: 0,
        unchanged: 0,
        rounded: Vec::new(),
        skipped: read.skipped.into_iter().map(|(model, detail)| PriceNote { model, detail }).collect(),
    };
    let mut tx = ctx.write().await?;
    let rows = tx.project().prices().await?;
    let present = Prices::new(rows.iter().map(|row| row.entry()).collect::<Result<_, _>>()?);
    let listings = different(read.listings, &mut report);
    let entries: Vec<Entry> = listings
        .into_iter()
        .filter_map(|listing| entry(&ctx, &present, tx.at(), listing, &mut report))
        .collect();
    report.created = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    room(&rows, entries.len())?;
    if dry_run {
        // Not kept: the real thing has the same body.
        return Ok(report);
    }
    if entries.is_empty() {
        return ctx.nothing_changed(tx, 200, report, 0).await;
    }
    tx.insert_prices(&entries, &ctx.caller.name).await?;
    ctx.remember(&mut tx, 200, &report).await?;
    let detail = json!({
        "layer": layer.as_str(), "created": report.created, "unchanged": report.unchanged,
        "rounded": report.rounded.len(), "skipped": report.skipped.len(),
        "models": entries.iter().map(|entry| format!("{}/{}", entry.provider, entry.model)).collect::<HashSet<_>>().len(),
    });
    ctx.commit(tx, ctx.audit("price.import", &detail)).await?;
    Ok(report)
}

/// A table may have one model under two names.
fn different(listings: Vec<Listing>, report: &mut ImportedPrices) -> Vec<Listing> {
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    let mut kept: Vec<Listing> = Vec::with_capacity(listings.len());
    for listing in listings {
        let key = (listing.provider.clone(), listing.model.clone());
        let too_long = key.0.len().max(key.1.len()) > limits::SHORT_TEXT_BYTES;
        let before = seen.get(&key).and_then(|at| kept.get(*at));
        let why = match before {
            _ if too_long || key.1.is_empty() || key.1.contains('\0') => "its name cannot be kept".to_owned(),
            Some(other) if other.price == listing.price => continue,
            Some(other) => format!("the table has another price for the same model as {}", other.name),
            None => {
                seen.insert(key, kept.len());
                kept.push(listing);
                continue;
            }
        };
        report.skipped.push(PriceNote { model: listing.name, detail: why });
    }
    kept
}

/// The first price of a model holds always; another one from now on, so that what was is still known.
fn entry(
    ctx: &Ctx,
    present: &Prices,
    now: Timestamp,
    listing: Listing,
    report: &mut ImportedPrices,
) -> Option<Entry> {
    let known = present.of(&listing.provider, &listing.model);
    let current = known.iter().rfind(|entry| entry.valid_from <= now);
    if current.is_some_and(|entry| entry.price == listing.price) {
        report.unchanged += 1;
        return None;
    }
    if listing.rounded {
        report.rounded.push(PriceNote { model: listing.name, detail: ROUNDED.to_owned() });
    }
    Some(Entry {
        id: ctx.new_id().into(),
        provider: listing.provider.into(),
        model: listing.model.into(),
        valid_from: if known.is_empty() { forever() } else { now },
        price: listing.price,
        source: listing.source.as_deref().unwrap_or(SOURCE).into(),
    })
}
