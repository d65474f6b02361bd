//! Prices as they go over the wire, and back.

use promptory_api::prices::{NewPrice, Price, PriceTier};
use promptory_core::{
    cost::{
        BatchRates, Entry, Layer, MoneyError, Price as Priced, Rates, Tier, forever, money_from_text,
        per_million, per_million_from_text, usd,
    },
    limits,
    time::Timestamp,
};
use serde_json::Number;

use crate::check::Checks;

fn number(text: &str) -> Number {
    // The text is digits and at most one point.
    text.parse().unwrap_or_else(|_| Number::from(0))
}

/// Picodollars as dollars.
pub(in crate::app) fn dollars(pico: i128) -> Number {
    number(&usd(pico))
}

fn rate(rate: i64) -> Number {
    number(&per_million(rate))
}

fn time(at: Timestamp) -> Option<String> {
    (at != forever()).then(|| at.to_rfc3339())
}

pub(super) fn price(layer: Layer, entry: &Entry, in_force: bool) -> Price {
    let Priced { rates, batch, per_request, tiers } = &entry.price;
    let mut tiers: Vec<PriceTier> = tiers.iter().map(tier).collect();
    tiers.sort_by_key(|tier| tier.above_input_tokens);
    Price {
        id: (!entry.id.is_empty()).then(|| entry.id.to_string()),
        layer: layer.as_str().to_owned(),
        provider: entry.provider.to_string(),
        model: entry.model.to_string(),
        valid_from: time(entry.valid_from),
        in_force,
        input_per_million_usd: rate(rates.input),
        output_per_million_usd: rate(rates.output),
        cached_input_per_million_usd: rates.cached_read.map(rate),
        cache_write_per_million_usd: rates.cached_write.map(rate),
        reasoning_per_million_usd: rates.reasoning.map(rate),
        per_request_usd: dollars(i128::from(*per_request)),
        batch_input_per_million_usd: batch.input.map(rate),
        batch_output_per_million_usd: batch.output.map(rate),
        batch_cached_input_per_million_usd: batch.cached_read.map(rate),
        batch_cache_write_per_million_usd: batch.cached_write.map(rate),
        tiers,
        source: entry.source.to_string(),
    }
}

fn tier(tier: &Tier) -> PriceTier {
    let Tier { above_input_tokens, rates, batch } = tier;
    PriceTier {
        above_input_tokens: *above_input_tokens,
        input_per_million_usd: rate(rates.input),
        output_per_million_usd: rate(rates.output),
        cached_input_per_million_usd: rates.cached_read.map(rate),
        cache_write_per_million_usd: rates.cached_write.map(rate),
        reasoning_per_million_usd: rates.reasoning.map(rate),
        batch_input_per_million_usd: batch.input.map(rate),
        batch_output_per_million_usd: batch.output.map(rate),
        batch_cached_input_per_million_usd: batch.cached_read.map(rate),
        batch_cache_write_per_million_usd: batch.cached_write.map(rate),
    }
}

/// Reads amounts and gathers what is wrong with them.
struct Reader<'c> {
    checks: &'c mut Checks,
    /// In front of the fields' names.
    front: String,
}

impl Reader<'_> {
    fn read(&mut self, field: &str, number: &Number, read: fn(&str) -> Result<i64, MoneyError>) -> i64 {
        read(number.as_str()).unwrap_or_else(|why| {
            self.checks.add("money", &format!("{}/{field}", self.front), format!("{number}: {why}."));
            0
        })
    }

    fn rate(&mut self, field: &str, number: &Number) -> i64 {
        self.read(field, number, per_million_from_text)
    }

    fn some(&mut self, field: &str, number: Option<&Number>) -> Option<i64> {
        number.map(|number| self.rate(field, number))
    }
}

/// The two kinds of rates of anything that has their fields.
macro_rules! rates {
    ($reader:expr, $given:expr) => {{
        let (reader, given) = (&mut $reader, $given);
        let rates = Rates {
            input: reader.rate("input_per_million_usd", &given.input_per_million_usd),
            output: reader.rate("output_per_million_usd", &given.output_per_million_usd),
            cached_read: reader
                .some("cached_input_per_million_usd", given.cached_input_per_million_usd.as_ref()),
            cached_write: reader
                .some("cache_write_per_million_usd", given.cache_write_per_million_usd.as_ref()),
            reasoning: reader.some("reasoning_per_million_usd", given.reasoning_per_million_usd.as_ref()),
        };
        let cached = given.batch_cached_input_per_million_usd.as_ref();
        let write = given.batch_cache_write_per_million_usd.as_ref();
        let batch = BatchRates {
            input: reader.some("batch_input_per_million_usd", given.batch_input_per_million_usd.as_ref()),
            output: reader.some("batch_output_per_million_usd", given.batch_output_per_million_usd.as_ref()),
            cached_read: reader.some("batch_cached_input_per_million_usd", cached),
            cached_write: reader.some("batch_cache_write_per_million_usd", write),
            reasoning: None,
        };
        (rates, batch)
    }};
}

pub(super) fn priced(checks: &mut Checks, new: &NewPrice) -> Priced {
    let mut reader = Reader { checks, front: String::new() };
    let (own, batch) = rates!(reader, new);
    let per_request = new.per_request_usd.as_ref();
    let per_request = per_request.map_or(0, |number| reader.read("per_request_usd", number, money_from_text));
    let mut tiers: Vec<Tier> = Vec::new();
    for (n, given) in new.tiers.iter().enumerate() {
        reader.front = format!("/tiers/{n}");
        if tiers.iter().any(|tier| tier.above_input_tokens == given.above_input_tokens) {
            let field = format!("/tiers/{n}/above_input_tokens");
            reader.checks.add("duplicate", &field, "There is a tier with the same bound.");
        }
        let (rates, batch) = rates!(reader, given);
        tiers.push(Tier { above_input_tokens: given.above_input_tokens, rates, batch });
    }
    if tiers.len() > limits::PRICE_TIERS {
        checks.add("too_many", "/tiers", format!("A price has at most {} tiers.", limits::PRICE_TIERS));
    }
    Priced { rates: own, batch, per_request, tiers }
}
