//! Writing prices down and deleting them.

use promptory_api::prices::{LayerQuery, NewPrice, Price};
use promptory_core::{
    cost::{Entry, Layer, forever, provider_name},
    limits,
    time::Timestamp,
};
use promptory_store::{PriceRow, WriteTx};
use serde_json::json;

use super::wire;
use crate::{
    app::{Ctx, Outcome},
    check::Checks,
    refusal::{Code, Refusal},
};

/// Where a change of prices is made: in the project, or in the instance for all of them.
pub(super) fn layer(ctx: &Ctx, given: Option<&str>) -> Outcome<(Layer, Ctx)> {
    ctx.unbound()?;
    let own = ctx.project.id != ctx.app.instance;
    match given {
        None | Some("project") if own => Ok((Layer::Project, ctx.clone())),
        None | Some("instance") => {
            if !ctx.caller.instance_admin {
                let detail = "Prices of the instance are changed by its administrators.";
                return Err(Refusal::new(Code::Forbidden, detail));
            }
            let missing = || Refusal::new(Code::Internal, "The project of the instance is not loaded.");
            let project = ctx.app.serving.project(&ctx.app.instance).ok_or_else(missing)?;
            // Answers are kept with the project of the key; here a repeat finds the price there.
            Ok((Layer::Instance, Ctx { project, idempotency: None, ..ctx.clone() }))
        }
        Some(other) => Err(Refusal::invalid("", format!("layer={other}: use project or instance."))),
    }
}

/// A name as prices are listed under: without the provider in front.
fn model_name(provider: &str, model: &str) -> String {
    let lower = model.trim().to_lowercase();
    match lower.split_once('/').filter(|(front, _)| provider_name(front) == provider) {
        Some((_, rest)) => rest.to_owned(),
        None => lower,
    }
}

fn check(ctx: &Ctx, new: &NewPrice) -> Outcome<Entry> {
    let mut checks = Checks::strict();
    let provider = provider_name(&new.provider);
    let model = model_name(&provider, &new.model);
    for (field, text) in [("/provider", &*provider), ("/model", &*model)] {
        if text.is_empty() {
            checks.add("empty", field, "Name it.");
        }
        checks.text(field, Some(text), limits::SHORT_TEXT_BYTES);
    }
    checks.prose("/source", new.source.as_deref(), limits::REASON_BYTES, false);
    let valid_from = match new.valid_from.as_deref().map(Timestamp::parse_rfc3339) {
        None => forever(),
        Some(Some(at)) => at,
        Some(None) => {
            checks.add("time", "/valid_from", "Use RFC 3339, such as 2026-12-01T00:00:00Z.");
            forever()
        }
    };
    let price = wire::priced(&mut checks, new);
    checks.finish()?;
    Ok(Entry {
        id: ctx.new_id().into(),
        provider: (*provider).into(),
        model: model.into(),
        valid_from,
        price,
        source: new.source.as_deref().unwrap_or_default().into(),
    })
}

/// One more, or so many more, than there are.
///
/// # Errors
/// Too many for one layer.
pub(super) fn room(present: &[PriceRow], more: usize) -> Outcome<()> {
    if present.len() + more <= limits::PRICES {
        return Ok(());
    }
    let detail = format!("At most {} prices are kept in a layer; delete some.", limits::PRICES);
    Err(Refusal::invalid("", detail))
}

/// # Errors
/// An amount or name that breaks a rule, or a price of the same model from the same time on.
pub async fn create(ctx: &Ctx, query: &LayerQuery, new: &NewPrice) -> Outcome<Price> {
    let (layer, ctx) = layer(ctx, query.layer.as_deref())?;
    let entry = check(&ctx, new)?;
    let mut tx = ctx.write().await?;
    let present = tx.project().prices().await?;
    if let Some(same) = present.iter().find(|row| is_same(row, &entry)) {
        let detail = format!(
            "{} {} has a price from that time on ({}). Delete it, or give another valid_from.",
            entry.provider, entry.model, same.id
        );
        return Err(Refusal::new(Code::PriceExists, detail));
    }
    room(&present, 1)?;
    tx.insert_prices(std::slice::from_ref(&entry), &ctx.caller.name).await?;
    let in_force = |at| entry.valid_from <= at && newest(&present, &entry, at);
    let price = wire::price(layer, &entry, in_force(tx.at()));
    ctx.remember(&mut tx, 201, &price).await?;
    let detail = json!({"layer": layer.as_str(), "price": price});
    ctx.commit(tx, ctx.audit("price.create", &detail)).await?;
    Ok(price)
}

fn is_same(row: &PriceRow, entry: &Entry) -> bool {
    (row.provider.as_str(), row.model.as_str(), row.valid_from)
        == (&*entry.provider, &*entry.model, entry.valid_from.micros())
}

/// None of the others has begun after it.
fn newest(present: &[PriceRow], entry: &Entry, at: Timestamp) -> bool {
    let later = |row: &&PriceRow| row.valid_from > entry.valid_from.micros() && row.valid_from <= at.micros();
    let of_it = |row: &&PriceRow| *row.provider == *entry.provider && *row.model == *entry.model;
    !present.iter().filter(later).any(|row| of_it(&row))
}

/// # Errors
/// No such price in this layer.
pub async fn delete(ctx: &Ctx, query: &LayerQuery, id: &str) -> Outcome<()> {
    let (layer, ctx) = layer(ctx, query.layer.as_deref())?;
    let mut tx = ctx.write().await?;
    let entry = find(&mut tx, layer, id).await?;
    tx.delete_price(id).await?;
    ctx.remember(&mut tx, 204, &()).await?;
    let detail = json!({"layer": layer.as_str(), "price": wire::price(layer, &entry, false)});
    ctx.commit(tx, ctx.audit("price.delete", &detail)).await?;
    Ok(())
}

async fn find(tx: &mut WriteTx, layer: Layer, id: &str) -> Outcome<Entry> {
    let rows = tx.project().prices().await?;
    if let Some(row) = rows.iter().find(|row| row.id == id) {
        return Ok(row.entry()?);
    }
    let hint = match layer {
        Layer::Project => "this project; one of the instance is deleted with layer=instance",
        _ => "the instance",
    };
    Err(Refusal::new(Code::NotFound, format!("There is no price {id:?} in {hint}.")))
}
