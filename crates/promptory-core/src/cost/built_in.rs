//! Prices that come with the program: what providers publish, each with its source and the day it is known to have held.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use serde_json::Number;

use super::{
    BatchRates, Entry, Price, Prices, Rates, Tier,
    book::forever,
    decimal::{MoneyError, per_million_from_text},
};
use crate::time::Timestamp;

const TEXT: &str = include_str!("../../data/prices.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sources: Vec<Source>,
}

/// What one page said on one day.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    provider: String,
    source: String,
    as_of: String,
    prices: Vec<Listed>,
}

/// Dollars per million tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    models: Vec<String>,
    valid_from: Option<String>,
    #[serde(flatten)]
    rates: ListedRates,
    #[serde(default)]
    tiers: Vec<ListedTier>,
}

#[derive(Deserialize)]
struct ListedRates {
    input: Number,
    output: Number,
    cached: Option<Number>,
    cache_write: Option<Number>,
    batch: Option<ListedBatch>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedBatch {
    input: Number,
    output: Number,
    cached: Option<Number>,
    cache_write: Option<Number>,
}

#[derive(Deserialize)]
struct ListedTier {
    above_input_tokens: u64,
    #[serde(flatten)]
    rates: ListedRates,
}

fn rate(number: &Number) -> Result<i64, MoneyError> {
    per_million_from_text(number.as_str())
}

fn some(number: Option<&Number>) -> Result<Option<i64>, MoneyError> {
    number.map(rate).transpose()
}

fn rates(listed: &ListedRates) -> Result<(Rates, BatchRates), MoneyError> {
    let rates = Rates {
        input: rate(&listed.input)?,
        output: rate(&listed.output)?,
        cached_read: some(listed.cached.as_ref())?,
        cached_write: some(listed.cache_write.as_ref())?,
        reasoning: None,
    };
    let Some(batch) = &listed.batch else { return Ok((rates, BatchRates::default())) };
    let batch = BatchRates {
        input: Some(rate(&batch.input)?),
        output: Some(rate(&batch.output)?),
        cached_read: some(batch.cached.as_ref())?,
        cached_write: some(batch.cache_write.as_ref())?,
        reasoning: None,
    };
    Ok((rates, batch))
}

fn price(listed: &Listed) -> Result<Price, MoneyError> {
    let (own, batch) = rates(&listed.rates)?;
    let tier = |tier: &ListedTier| {
        let (rates, batch) = rates(&tier.rates)?;
        Ok(Tier { above_input_tokens: tier.above_input_tokens, rates, batch })
    };
    let tiers = listed.tiers.iter().map(tier).collect::<Result<_, MoneyError>>()?;
    Ok(Price { rates: own, batch, per_request: 0, tiers })
}

fn read(text: &str) -> Result<Vec<Entry>, String> {
    let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut entries = Vec::new();
    for source in &file.sources {
        for listed in &source.prices {
            let wrong = |why: String| format!("{} {:?}: {why}", source.provider, listed.models);
            let price = price(listed).map_err(|why| wrong(why.to_string()))?;
            let valid_from = match listed.valid_from.as_deref() {
                None => forever(),
                Some(day) => Timestamp::parse_rfc3339(&format!("{day}T00:00:00Z"))
                    .ok_or_else(|| wrong(format!("{day} is no day")))?,
            };
            entries.extend(listed.models.iter().map(|model| Entry {
                id: "".into(),
                provider: source.provider.as_str().into(),
                model: model.as_str().into(),
                valid_from,
                price: price.clone(),
                source: format!("{} ({})", source.source, source.as_of).into(),
            }));
        }
    }
    Ok(entries)
}

static BUILT_IN: LazyLock<Arc<Prices>> = LazyLock::new(|| {
    // A test reads the same text: what is built in can be read.
    Arc::new(Prices::new(read(TEXT).unwrap_or_default()))
});

pub fn built_in() -> &'static Arc<Prices> {
    &BUILT_IN
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::{provider_name, undated};

    #[test]
    fn every_entry_can_be_read_and_is_plain() {
        let entries = read(TEXT).expect("readable");
        assert!(entries.len() > 60, "{}", entries.len());
        assert_eq!(built_in().entries().len(), entries.len(), "nothing is listed twice");
        for entry in &entries {
            let name = format!("{} {}", entry.provider, entry.model);
            assert_eq!(*provider_name(&entry.provider), *entry.provider, "{name}");
            assert_eq!(entry.model.to_lowercase(), *entry.model, "{name}");
            assert!(entry.source.starts_with("https://"), "{name}");
            let price = &entry.price;
            let dearest = price.tiers.iter().map(|tier| tier.rates).chain([price.rates]);
            for rates in dearest {
                assert!(rates.input > 0, "{name}");
                assert!(rates.output >= rates.input || rates.output == 0, "{name}");
                assert!(rates.cached_read.is_none_or(|cached| cached < rates.input), "{name}");
                assert!(rates.cached_write.is_none_or(|write| write >= rates.input), "{name}");
            }
            assert!(price.batch.input.is_none_or(|batch| batch < price.rates.input), "{name}");
            assert!(price.tiers.iter().all(|tier| tier.rates.input >= price.rates.input), "{name}");
        }
    }

    #[test]
    fn a_dated_name_is_listed_only_where_it_differs() {
        for entry in built_in().entries() {
            let plain = undated(&entry.model);
            let alike = built_in().of(&entry.provider, plain);
            let same = plain != &*entry.model && alike.iter().any(|other| other.price == entry.price);
            assert!(!same, "{} costs what {plain} costs", entry.model);
        }
    }
}
