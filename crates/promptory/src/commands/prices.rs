//! `promptory prices …`

use clap::{Args, Subcommand};
use promptory_api::page::Page;
use promptory_api::prices::{
    AppliedPrices, ApplyPrices, Cost as CostAnswer, ImportedPrices, NewPrice, Price, PriceNote, PriceTier,
};
use serde_json::Number;

use crate::context::Context;
use crate::failure::Failure;
use crate::input;
use crate::route::Route;
use crate::text::{facts, minute};

/// Notes of an import that are printed for people; `--json` has all of them.
const NOTES: usize = 20;

#[derive(Debug, Subcommand)]
pub(crate) enum Prices {
    /// What models cost now, in dollars per million tokens.
    List(List),
    /// Every price of one model: past, present and future, from every layer.
    Show {
        /// As it is listed.
        model: String,
        #[arg(long)]
        provider: Option<String>,
    },
    /// A price of the project, or with --instance of all projects.
    Add(Box<Add>),
    /// Delete a price of the project, or with --instance one of all projects.
    Delete {
        id: String,
        #[arg(long)]
        instance: bool,
    },
    /// Take prices from LiteLLM's model_prices_and_context_window.json.
    Import {
        /// - is standard input.
        file: String,
        /// For all projects.
        #[arg(long)]
        instance: bool,
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// What a call costs; exit code 1 when nobody says what the model costs.
    Cost(Cost),
    /// Give executions that were recorded before their model had a price the cost that they have now.
    Apply {
        /// Started then or later, such as 2026-11-20T08:00:00Z; absent: all that are kept.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Started before.
        #[arg(long, value_name = "TIME")]
        to: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[arg(long)]
    provider: Option<String>,
    #[arg(long)]
    model: Option<String>,
    /// A part of provider/model.
    #[arg(long)]
    query: Option<String>,
    #[arg(long, value_parser = ["project", "instance", "built_in"])]
    layer: Option<String>,
    /// Such as 2026-11-20T08:00:00Z; absent: now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Also what is not in force.
    #[arg(long)]
    all: bool,
    #[arg(long)]
    limit: Option<usize>,
}

/// Dollars per million tokens, but for --per-request.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Such as openai, anthropic, google, bedrock.
    provider: String,
    model: String,
    #[arg(long, value_name = "USD", value_parser = number)]
    input: Number,
    #[arg(long, value_name = "USD", value_parser = number)]
    output: Number,
    /// Input that is read from a cache.
    #[arg(long, value_name = "USD", value_parser = number)]
    cached_input: Option<Number>,
    /// Input that is written to a cache.
    #[arg(long, value_name = "USD", value_parser = number)]
    cache_write: Option<Number>,
    #[arg(long, value_name = "USD", value_parser = number)]
    reasoning: Option<Number>,
    /// Dollars for each call.
    #[arg(long, value_name = "USD", value_parser = number)]
    per_request: Option<Number>,
    #[arg(long, value_name = "USD", value_parser = number)]
    batch_input: Option<Number>,
    #[arg(long, value_name = "USD", value_parser = number)]
    batch_output: Option<Number>,
    #[arg(long, value_name = "USD", value_parser = number)]
    batch_cached_input: Option<Number>,
    #[arg(long, value_name = "USD", value_parser = number)]
    batch_cache_write: Option<Number>,
    /// Prices of long requests: a JSON list, with the fields of the API.
    #[arg(long, value_name = "FILE|JSON")]
    tiers: Option<String>,
    /// From when on; absent: always.
    #[arg(long, value_name = "TIME")]
    valid_from: Option<String>,
    /// Where it is published, or who says so.
    #[arg(long)]
    source: Option<String>,
    /// For all projects.
    #[arg(long)]
    instance: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Cost {
    model: String,
    #[arg(long)]
    provider: Option<String>,
    /// All input, that of a cache too.
    #[arg(long, value_name = "N")]
    input_tokens: Option<u64>,
    /// All output, that of reasoning too.
    #[arg(long, value_name = "N")]
    output_tokens: Option<u64>,
    #[arg(long, value_name = "N")]
    cached_input_tokens: Option<u64>,
    #[arg(long, value_name = "N")]
    cache_write_tokens: Option<u64>,
    #[arg(long, value_name = "N")]
    reasoning_tokens: Option<u64>,
    #[arg(long)]
    batch: bool,
    /// Such as 2026-11-20T08:00:00Z; absent: now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

/// Digit by digit, as the server reads it.
fn number(text: &str) -> Result<Number, String> {
    text.parse().map_err(|_| "an amount is a number such as 0.15".to_owned())
}

fn layer(instance: bool) -> Option<&'static str> {
    instance.then_some("instance")
}

impl Prices {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/prices");
        match self {
            Self::List(list) => list.run(context, route).await,
            Self::Show { model, provider } => show(context, route, &model, provider.as_deref()).await,
            Self::Add(add) => add.run(context, route).await,
            Self::Delete { id, instance } => {
                context.client.delete(&route.segment(&id)?.query("layer", layer(instance))).await?;
                context.say(&format!("The price {id} is deleted."))
            }
            Self::Import { file, instance, dry_run } => {
                let table = input::object_or_file(&file, "the table")?;
                let route = route.then("/import").query("layer", layer(instance));
                let route = route.query("dry_run", dry_run.then_some("true"));
                let answer = context.client.post(&route, &table).await?;
                context.show(&answer, imported)
            }
            Self::Cost(cost) => cost.run(context, route.then("/cost")).await,
            Self::Apply { from, to } => {
                let body = ApplyPrices { from, to };
                let answer = context.client.post_patiently(&route.then("/apply"), &body).await?;
                context.show(&answer, applied)
            }
        }
    }
}

impl List {
    async fn run(self, context: &Context, route: Route) -> Result<(), Failure> {
        let route = route
            .query("provider", self.provider.as_deref())
            .query("model", self.model.as_deref())
            .query("query", self.query.as_deref())
            .query("layer", self.layer.as_deref())
            .query("at", self.at.as_deref())
            .query("all", self.all.then_some("true"));
        let answer = context.client.list(route, self.limit).await?;
        let header = ["PROVIDER", "MODEL", "INPUT", "OUTPUT", "CACHED", "FROM", "LAYER", "ID"];
        let empty = "No such price. Next: promptory prices add PROVIDER MODEL --input USD --output USD";
        context.show_list(&answer, &header, empty, |price: &Price| {
            let cached = price.cached_input_per_million_usd.as_ref();
            vec![
                price.provider.clone(),
                price.model.clone(),
                price.input_per_million_usd.to_string(),
                price.output_per_million_usd.to_string(),
                cached.map_or("-".to_owned(), Number::to_string),
                from(price),
                price.layer.clone(),
                price.id.clone().unwrap_or_else(|| "-".to_owned()),
            ]
        })
    }
}

fn from(price: &Price) -> String {
    price.valid_from.as_deref().map_or("always".to_owned(), minute)
}

async fn show(context: &Context, route: Route, model: &str, provider: Option<&str>) -> Result<(), Failure> {
    let route = route.query("model", Some(model)).query("provider", provider).query("all", Some("true"));
    let answer = context.client.list(route, None).await?;
    context.show(&answer, |page: &Page<Price>| match page.items.as_slice() {
        [] => format!("No price of {model}. Next: promptory prices list --query {model}"),
        items => items.iter().map(describe).collect::<Vec<_>>().join("\n"),
    })
}

fn describe(price: &Price) -> String {
    let some = |amount: &Option<Number>| amount.as_ref().map(Number::to_string).unwrap_or_default();
    let batch =
        [&price.batch_input_per_million_usd, &price.batch_output_per_million_usd].map(some).join(" / ");
    let tier = |tier: &PriceTier| {
        let (input, output) = (&tier.input_per_million_usd, &tier.output_per_million_usd);
        format!("above {} input tokens: {input} / {output}", tier.above_input_tokens)
    };
    let per_request = price.per_request_usd.to_string();
    facts(&[
        ("model", format!("{}/{}", price.provider, price.model)),
        ("input", format!("{} a million tokens", price.input_per_million_usd)),
        ("output", format!("{} a million tokens", price.output_per_million_usd)),
        ("cached", some(&price.cached_input_per_million_usd)),
        ("cache write", some(&price.cache_write_per_million_usd)),
        ("reasoning", some(&price.reasoning_per_million_usd)),
        ("a call", if per_request == "0" { String::new() } else { per_request }),
        ("batch", if batch == " / " { String::new() } else { batch }),
        ("long", price.tiers.iter().map(tier).collect::<Vec<_>>().join("\n")),
        ("from", from(price)),
        ("layer", format!("{}{}", price.layer, if price.in_force { ", in force" } else { "" })),
        ("source", price.source.clone()),
        ("id", price.id.clone().unwrap_or_default()),
    ])
}

impl Add {
    async fn run(self, context: &Context, route: Route) -> Result<(), Failure> {
        let tiers = self.tiers.as_deref().map(input::json_or_file).transpose()?;
        let tiers = tiers.map(serde_json::from_value::<Vec<PriceTier>>).transpose();
        let tiers = tiers.map_err(|error| Failure::Usage(format!("--tiers: {error}")))?.unwrap_or_default();
        let body = NewPrice {
            provider: self.provider,
            model: self.model,
            input_per_million_usd: self.input,
            output_per_million_usd: self.output,
            cached_input_per_million_usd: self.cached_input,
            cache_write_per_million_usd: self.cache_write,
            reasoning_per_million_usd: self.reasoning,
            per_request_usd: self.per_request,
            batch_input_per_million_usd: self.batch_input,
            batch_output_per_million_usd: self.batch_output,
            batch_cached_input_per_million_usd: self.batch_cached_input,
            batch_cache_write_per_million_usd: self.batch_cache_write,
            tiers,
            valid_from: self.valid_from,
            source: self.source,
        };
        let answer = context.client.post(&route.query("layer", layer(self.instance)), &body).await?;
        context.show(&answer, describe)
    }
}

fn applied(applied: &AppliedPrices) -> String {
    let AppliedPrices { priced, unpriced } = applied;
    let next = match unpriced {
        0 => "",
        _ => "\nWhich: promptory executions list --unpriced --purpose all",
    };
    format!("{priced} executions have a cost now, {unpriced} still have none.{next}")
}

fn imported(report: &ImportedPrices) -> String {
    let notes = |what: &str, notes: &[PriceNote]| {
        let mut text: String = notes
            .iter()
            .take(NOTES)
            .map(|note| format!("{what} {}: {}\n", note.model, note.detail))
            .collect();
        if notes.len() > NOTES {
            text.push_str(&format!("… and {} more; --json has all.\n", notes.len() - NOTES));
        }
        text
    };
    let end = if report.dry_run { "\nDry run: nothing was changed." } else { "" };
    format!(
        "{}{}{} created, {} unchanged, {} rounded, {} skipped.{end}",
        notes("skipped", &report.skipped),
        notes("rounded", &report.rounded),
        report.created,
        report.unchanged,
        report.rounded.len(),
        report.skipped.len()
    )
}

impl Cost {
    async fn run(self, context: &Context, route: Route) -> Result<(), Failure> {
        let count = |tokens: Option<u64>| tokens.map(|tokens| tokens.to_string());
        let route = route
            .query("model", Some(&self.model))
            .query("provider", self.provider.as_deref())
            .query("input_tokens", count(self.input_tokens).as_deref())
            .query("output_tokens", count(self.output_tokens).as_deref())
            .query("cached_input_tokens", count(self.cached_input_tokens).as_deref())
            .query("cache_write_tokens", count(self.cache_write_tokens).as_deref())
            .query("reasoning_tokens", count(self.reasoning_tokens).as_deref())
            .query("batch", self.batch.then_some("true"))
            .query("at", self.at.as_deref());
        let answer = context.client.get(&route).await?;
        let cost: CostAnswer = answer.parse()?;
        context.show(&answer, |cost: &CostAnswer| match (&cost.cost_usd, &cost.price) {
            (Some(usd), Some(price)) => {
                format!("${usd}, by the {} price of {}/{}", price.layer, price.provider, price.model)
            }
            _ => format!("Nobody says what {} costs. Next: promptory prices list --query {0}", self.model),
        })?;
        if cost.cost_usd.is_some() { Ok(()) } else { Err(Failure::No) }
    }
}
