//! The public price table of LiteLLM (`model_prices_and_context_window.json`), read digit by digit.

use serde_json::{Map, Value};

use super::{BatchRates, Price, Rates, Tier, decimal::money_rounded, names::provider_name};

/// Kinds of models that are paid by the token.
const MODES: &[&str] = &["chat", "completion", "embedding", "responses"];

/// One model of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// As it stands in the table.
    pub name: String,
    pub provider: String,
    pub model: String,
    pub price: Price,
    pub source: Option<String>,
    /// A price was finer than a picodollar per token.
    pub rounded: bool,
}

/// What a table says.
#[derive(Debug, Default)]
pub struct Read {
    pub listings: Vec<Listing>,
    /// What is no price of tokens, and why.
    pub skipped: Vec<(String, String)>,
}

pub fn read_litellm(table: &Map<String, Value>) -> Read {
    let mut read = Read::default();
    for (name, model) in table {
        match listing(name, model) {
            Ok(listing) => read.listings.push(listing),
            Err(why) => read.skipped.push((name.clone(), why)),
        }
    }
    read
}

fn listing(name: &str, model: &Value) -> Result<Listing, String> {
    let model = model.as_object().ok_or("not an object")?;
    let text = |field: &str| model.get(field).and_then(Value::as_str);
    let mode = text("mode").ok_or("no mode is given")?;
    if !MODES.contains(&mode) {
        return Err(format!("the mode {mode:?} is not priced by tokens"));
    }
    let theirs = text("litellm_provider").ok_or("no litellm_provider is given")?;
    let provider = provider_name(theirs).into_owned();
    let costs = Costs::read(model)?;
    let (price, rounded) = costs.price()?;
    Ok(Listing {
        name: name.to_owned(),
        model: model_name(name, theirs, &provider),
        provider,
        price,
        source: text("source").map(str::to_owned),
        rounded,
    })
}

/// Without the provider in front.
fn model_name(name: &str, theirs: &str, provider: &str) -> String {
    let name = name.to_lowercase();
    let own = |front: &str| front == theirs || provider_name(front) == provider;
    match name.split_once('/').filter(|(front, _)| own(front)) {
        Some((_, rest)) => rest.to_owned(),
        None => name,
    }
}

/// The fields that are read, by what they price.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Input,
    Output,
    CachedRead,
    CachedWrite,
    Reasoning,
    Request,
}

const FIELDS: &[(&str, Part)] = &[
    ("input_cost_per_token", Part::Input),
    ("output_cost_per_token", Part::Output),
    ("cache_read_input_token_cost", Part::CachedRead),
    ("cache_creation_input_token_cost", Part::CachedWrite),
    ("output_cost_per_reasoning_token", Part::Reasoning),
    ("input_cost_per_request", Part::Request),
];

/// One price: of what, above how many tokens, in a batch or not.
struct Cost {
    part: Part,
    above: Option<u64>,
    batch: bool,
    pico: i64,
}

struct Costs {
    all: Vec<Cost>,
    rounded: bool,
}

/// What a field prices; none for other fields, and for other kinds of it (`_priority`, `_flex`, `_above_1hr`).
fn meaning(field: &str) -> Option<(Part, Option<u64>, bool)> {
    let (field, batch) = field.strip_suffix("_batches").map_or((field, false), |front| (front, true));
    let (field, above) = match field.split_once("_above_") {
        None => (field, None),
        Some((front, rest)) => {
            let thousands: u64 = rest.strip_suffix("k_tokens")?.parse().ok()?;
            (front, Some(thousands.checked_mul(1_000)?))
        }
    };
    let (_, part) = FIELDS.iter().find(|(name, _)| *name == field)?;
    Some((*part, above, batch))
}

impl Costs {
    fn read(model: &Map<String, Value>) -> Result<Self, String> {
        let mut costs = Self { all: Vec::new(), rounded: false };
        for (field, value) in model {
            let Some((part, above, batch)) = meaning(field) else { continue };
            let text = match value {
                Value::Null => continue,
                Value::Number(number) => number.as_str(),
                Value::String(text) => text.as_str(),
                _ => return Err(format!("{field} is no number")),
            };
            let (pico, rounded) = money_rounded(text).map_err(|why| format!("{field}: {text}: {why}"))?;
            costs.rounded |= rounded;
            costs.all.push(Cost { part, above, batch, pico });
        }
        Ok(costs)
    }

    fn get(&self, part: Part, above: Option<u64>, batch: bool) -> Option<i64> {
        let wanted = |cost: &&Cost| (cost.part, cost.above, cost.batch) == (part, above, batch);
        self.all.iter().find(wanted).map(|cost| cost.pico)
    }

    /// What a tier does not say is as below it.
    fn of(&self, part: Part, above: Option<u64>) -> Option<i64> {
        self.get(part, above, false).or_else(|| self.get(part, None, false))
    }

    fn rates(&self, above: Option<u64>) -> Option<Rates> {
        Some(Rates {
            input: self.of(Part::Input, above)?,
            output: self.of(Part::Output, above).unwrap_or(0),
            cached_read: self.of(Part::CachedRead, above),
            cached_write: self.of(Part::CachedWrite, above),
            reasoning: self.of(Part::Reasoning, above),
        })
    }

    fn batch(&self, above: Option<u64>) -> BatchRates {
        BatchRates {
            input: self.get(Part::Input, above, true),
            output: self.get(Part::Output, above, true),
            cached_read: self.get(Part::CachedRead, above, true),
            cached_write: self.get(Part::CachedWrite, above, true),
            reasoning: self.get(Part::Reasoning, above, true),
        }
    }

    fn price(&self) -> Result<(Price, bool), String> {
        let rates = self.rates(None).ok_or("no input_cost_per_token is given")?;
        if self.all.iter().all(|cost| cost.pico == 0) {
            return Err("every price is 0, which the table also has for what it does not know; add it by hand if the \
                        model is free"
                .to_owned());
        }
        let mut bounds: Vec<u64> = self.all.iter().filter_map(|cost| cost.above).collect();
        bounds.sort_unstable();
        bounds.dedup();
        let tier = |above: u64| {
            let (rates, batch) = (self.rates(Some(above))?, self.batch(Some(above)));
            Some(Tier { above_input_tokens: above, rates, batch })
        };
        let tiers = bounds.into_iter().filter_map(tier).collect();
        let per_request = self.get(Part::Request, None, false).unwrap_or(0);
        Ok((Price { rates, batch: self.batch(None), per_request, tiers }, self.rounded))
    }
}
