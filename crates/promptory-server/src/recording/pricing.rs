//! What executions cost.

use promptory_core::{
    cost::{PriceBook, Usage},
    time::Timestamp,
};
use promptory_store::{ExecutionRow, FactRow};

use super::intake::flags;

/// What it costs by the prices that held when it started; none where no price or no token count is known.
pub fn priced(prices: &PriceBook, row: &ExecutionRow) -> Option<i64> {
    let tokens = [
        row.input_tokens,
        row.output_tokens,
        row.cached_tokens,
        row.cache_write_tokens,
        row.reasoning_tokens,
    ];
    let model = row.model_sent.as_deref().or(row.model.as_deref())?;
    let provider = row.provider_sent.as_deref().or(row.provider.as_deref());
    cost_of(prices, (provider, model), tokens, (row.started_at, row.flags))
}

/// The same of a stored row.
pub fn priced_as(
    prices: &PriceBook,
    row: &FactRow,
    provider_sent: Option<&str>,
    model_sent: Option<&str>,
) -> Option<i64> {
    let tokens = [
        row.input_tokens,
        row.output_tokens,
        row.cached_tokens,
        row.cache_write_tokens,
        row.reasoning_tokens,
    ];
    let model = model_sent.or(row.model.as_deref())?;
    cost_of(prices, (provider_sent.or(row.provider.as_deref()), model), tokens, (row.started_at, row.flags))
}

fn cost_of(
    prices: &PriceBook,
    (provider, model): (Option<&str>, &str),
    [input, output, cached, written, reasoning]: [Option<i64>; 5],
    (started_at, set): (i64, i64),
) -> Option<i64> {
    input.or(output)?;
    let count = |tokens: Option<i64>| tokens.unwrap_or(0).unsigned_abs();
    let usage = Usage {
        input: count(input),
        output: count(output),
        cached_read: count(cached),
        cached_write: count(written),
        reasoning: count(reasoning),
        batch: set & flags::BATCH != 0,
    };
    prices.cost(provider, model, Timestamp::from_micros(started_at), &usage)?.ok()
}
