//! Prices of models. Money is decimal US dollars as JSON numbers, at most 12 digits behind the point; prices per million
//! tokens have at most 6.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use utoipa::{IntoParams, ToSchema};

/// What calls of a model cost, from a time on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Price {
    /// Null for what is built in.
    pub id: Option<String>,
    /// Who says so: `project` before `instance` before `built_in`.
    pub layer: String,
    pub provider: String,
    pub model: String,
    /// Null: always, as far as is known. It holds until the next price of the same model.
    pub valid_from: Option<String>,
    /// Whether calls are priced by it at the time of the list.
    pub in_force: bool,
    #[schema(value_type = f64)]
    pub input_per_million_usd: Number,
    #[schema(value_type = f64)]
    pub output_per_million_usd: Number,
    /// Input read from a cache; null: as input.
    #[schema(value_type = Option<f64>)]
    pub cached_input_per_million_usd: Option<Number>,
    /// Input written to a cache; null: as input.
    #[schema(value_type = Option<f64>)]
    pub cache_write_per_million_usd: Option<Number>,
    /// Null: as output.
    #[schema(value_type = Option<f64>)]
    pub reasoning_per_million_usd: Option<Number>,
    #[schema(value_type = f64)]
    pub per_request_usd: Number,
    /// In a batch; null: as otherwise. So are the others.
    #[schema(value_type = Option<f64>)]
    pub batch_input_per_million_usd: Option<Number>,
    #[schema(value_type = Option<f64>)]
    pub batch_output_per_million_usd: Option<Number>,
    #[schema(value_type = Option<f64>)]
    pub batch_cached_input_per_million_usd: Option<Number>,
    #[schema(value_type = Option<f64>)]
    pub batch_cache_write_per_million_usd: Option<Number>,
    /// Prices of long requests.
    pub tiers: Vec<PriceTier>,
    /// Where it is published, or who says so.
    pub source: String,
}

/// Prices of a whole request whose input is longer: nothing is taken over from the shorter ones.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceTier {
    pub above_input_tokens: u64,
    #[schema(value_type = f64)]
    pub input_per_million_usd: Number,
    #[schema(value_type = f64)]
    pub output_per_million_usd: Number,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub cached_input_per_million_usd: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub cache_write_per_million_usd: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub reasoning_per_million_usd: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub batch_input_per_million_usd: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub batch_output_per_million_usd: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub batch_cached_input_per_million_usd: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub batch_cache_write_per_million_usd: Option<Number>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPrice {
    /// Such as `openai`, `anthropic`, `google`; other names of the same are understood.
    pub provider: String,
    pub model: String,
    #[schema(value_type = f64)]
    pub input_per_million_usd: Number,
    #[schema(value_type = f64)]
    pub output_per_million_usd: Number,
    /// Input read from a cache. Absent: as input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub cached_input_per_million_usd: Option<Number>,
    /// Input written to a cache. Absent: as input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub cache_write_per_million_usd: Option<Number>,
    /// Absent: as output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub reasoning_per_million_usd: Option<Number>,
    /// Of each call, beside its tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub per_request_usd: Option<Number>,
    /// In a batch. Absent: as otherwise. So are the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub batch_input_per_million_usd: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub batch_output_per_million_usd: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub batch_cached_input_per_million_usd: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub batch_cache_write_per_million_usd: Option<Number>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<PriceTier>,
    /// Absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PriceQuery {
    pub provider: Option<String>,
    /// Its name as it is listed.
    pub model: Option<String>,
    /// A part of `provider/model`.
    pub query: Option<String>,
    /// `project`, `instance` or `built_in`.
    pub layer: Option<String>,
    /// When, RFC 3339; absent: now.
    pub at: Option<String>,
    /// Also what is not in force: past and future prices, and those that a nearer layer replaces.
    pub all: Option<bool>,
    /// Items on a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Whose prices are changed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LayerQuery {
    /// `project` (when absent), or `instance` for all projects, by an administrator of the instance.
    pub layer: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PriceImportQuery {
    /// `project` (when absent), or `instance` for all projects, by an administrator of the instance.
    pub layer: Option<String>,
    /// Only say what would be done.
    pub dry_run: Option<bool>,
}

/// LiteLLM's `model_prices_and_context_window.json`: an object with a field for each model.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct PriceTable(pub Map<String, Value>);

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportedPrices {
    pub dry_run: bool,
    pub created: u64,
    /// Models whose price is there already.
    pub unchanged: u64,
    /// Taken, but a price was finer than a picodollar per token: half to even.
    pub rounded: Vec<PriceNote>,
    /// Not taken, and why.
    pub skipped: Vec<PriceNote>,
}

/// Something about one model of a table.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PriceNote {
    pub model: String,
    pub detail: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CostQuery {
    pub provider: Option<String>,
    pub model: String,
    /// All of them, those of a cache among them.
    pub input_tokens: Option<u64>,
    /// All of them, those of reasoning among them.
    pub output_tokens: Option<u64>,
    pub cached_input_tokens: Option<u64>,
    pub cache_write_tokens: Option<u64>,
    pub reasoning_tokens: Option<u64>,
    pub batch: Option<bool>,
    /// When, RFC 3339; absent: now.
    pub at: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Cost {
    /// Null: nobody says what the model costs.
    #[schema(value_type = Option<f64>)]
    pub cost_usd: Option<Number>,
    /// By which it was computed.
    pub price: Option<Price>,
}

/// Which executions without a cost get one, by the prices that are known now and held when they started.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyPrices {
    /// RFC 3339, included; absent: all that are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// RFC 3339, not included; absent: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AppliedPrices {
    /// Executions that have a cost from now on; their statistics too.
    pub priced: u64,
    /// There is still no price for their model, or no token count was sent.
    pub unpriced: u64,
}
