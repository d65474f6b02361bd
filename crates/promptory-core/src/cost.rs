//! What a call of a model costs: integers of picodollars, nothing rounded, and no price rather than a guessed one.
//!
//! A price is picodollars per token, which is micro-dollars per million tokens: $0.075 per million is 75,000.

mod book;
mod built_in;
mod decimal;
mod litellm;
mod names;

pub use book::{Entry, Layer, PriceBook, Prices, forever};
pub use built_in::built_in;
pub use decimal::{
    DOLLAR_DECIMALS, MoneyError, PER_MILLION_DECIMALS, decimal, money_from_text, money_rounded, per_million,
    per_million_from_text, usd,
};
pub use litellm::{Listing, Read, read_litellm};
pub use names::{maker, normalised, provider_name, undated};

use serde::{Deserialize, Serialize};

/// Tokens of one call, as OpenTelemetry's GenAI conventions count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// All input tokens, those read from and written to a cache among them.
    pub input: u64,
    /// All output tokens, those of reasoning among them.
    pub output: u64,
    pub cached_read: u64,
    pub cached_write: u64,
    pub reasoning: u64,
    /// It went through the provider's batch interface.
    pub batch: bool,
}

/// Picodollars per token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rates {
    pub input: i64,
    pub output: i64,
    /// None: as input.
    pub cached_read: Option<i64>,
    /// None: as input.
    pub cached_write: Option<i64>,
    /// None: as output.
    pub reasoning: Option<i64>,
}

/// What differs in a batch, given as prices and never as a factor, so that nothing is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BatchRates {
    pub input: Option<i64>,
    pub output: Option<i64>,
    pub cached_read: Option<i64>,
    pub cached_write: Option<i64>,
    pub reasoning: Option<i64>,
}

/// The prices of a whole request whose input is longer than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub above_input_tokens: u64,
    pub rates: Rates,
    pub batch: BatchRates,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Price {
    pub rates: Rates,
    pub batch: BatchRates,
    /// Picodollars.
    pub per_request: i64,
    /// In any order.
    pub tiers: Vec<Tier>,
}

/// The cost of one call is above $9.2 million, which no call costs: the numbers are wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cost is above 9,223,372 US dollars; the number of tokens or the price is wrong")]
pub struct Overflow;

impl Rates {
    /// With the prices of a batch where it has any. A kind of token that has no price of its own anywhere costs what
    /// other tokens of its direction cost there.
    fn in_batch(self, batch: &BatchRates) -> Self {
        Self {
            input: batch.input.unwrap_or(self.input),
            output: batch.output.unwrap_or(self.output),
            cached_read: batch.cached_read.or(self.cached_read),
            cached_write: batch.cached_write.or(self.cached_write),
            reasoning: batch.reasoning.or(self.reasoning),
        }
    }
}

impl Price {
    /// What each token of such a call costs: the highest tier that its input exceeds prices all of it.
    pub fn rates_for(&self, usage: &Usage) -> Rates {
        let input = usage.input.max(usage.cached_read.saturating_add(usage.cached_write));
        let exceeded = self.tiers.iter().filter(|tier| input > tier.above_input_tokens);
        let (rates, batch) = match exceeded.max_by_key(|tier| tier.above_input_tokens) {
            Some(tier) => (tier.rates, &tier.batch),
            None => (self.rates, &self.batch),
        };
        if usage.batch { rates.in_batch(batch) } else { rates }
    }

    /// Picodollars, exact. Tokens whose parts are more than the whole are counted by their parts.
    ///
    /// # Errors
    /// It does not fit.
    pub fn cost(&self, usage: &Usage) -> Result<i64, Overflow> {
        let rates = self.rates_for(usage);
        let plain = usage.input.saturating_sub(usage.cached_read).saturating_sub(usage.cached_write);
        let parts = [
            (plain, rates.input),
            (usage.cached_read, rates.cached_read.unwrap_or(rates.input)),
            (usage.cached_write, rates.cached_write.unwrap_or(rates.input)),
            (usage.output.saturating_sub(usage.reasoning), rates.output),
            (usage.reasoning, rates.reasoning.unwrap_or(rates.output)),
        ];
        let mut sum = i128::from(self.per_request);
        for (tokens, rate) in parts {
            // 2^64 tokens of the highest price fit into an i128 once, not five times.
            let part = i128::from(tokens).checked_mul(i128::from(rate)).ok_or(Overflow)?;
            sum = sum.checked_add(part).ok_or(Overflow)?;
        }
        i64::try_from(sum).map_err(|_| Overflow)
    }
}

#[cfg(test)]
mod tests;
