use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{decimal::*, *};
use crate::time::Timestamp;

fn at(day: &str) -> Timestamp {
    Timestamp::parse_rfc3339(&format!("{day}T00:00:00Z")).expect("a day")
}

fn per(text: &str) -> i64 {
    per_million_from_text(text).expect("a price")
}

fn rates(input: &str, output: &str) -> Rates {
    Rates { input: per(input), output: per(output), ..Rates::default() }
}

fn entry(provider: &str, model: &str, from: Option<&str>, input: &str) -> Entry {
    Entry {
        id: "e".into(),
        provider: provider.into(),
        model: model.into(),
        valid_from: from.map_or(forever(), at),
        price: Price { rates: rates(input, "2"), ..Price::default() },
        source: "".into(),
    }
}

#[test]
fn the_example_of_the_requirement() {
    let price = Price { rates: rates("0.075", "0.30"), ..Price::default() };
    assert_eq!((price.rates.input, price.rates.output), (75_000, 300_000));
    let cost = price.cost(&Usage { input: 1_000, output: 500, ..Usage::default() }).expect("fits");
    assert_eq!((cost, usd(i128::from(cost)).as_str()), (225_000_000, "0.000225"));
}

#[test]
fn parts_of_a_call_have_their_own_prices() {
    let own = Rates {
        cached_read: Some(10),
        cached_write: Some(125),
        reasoning: Some(700),
        input: 100,
        output: 400,
    };
    let price = Price { rates: own, per_request: 5, ..Price::default() };
    let usage =
        Usage { input: 1_000, output: 50, cached_read: 600, cached_write: 100, reasoning: 20, batch: false };
    assert_eq!(price.cost(&usage), Ok(5 + 300 * 100 + 600 * 10 + 100 * 125 + 30 * 400 + 20 * 700));
    let plain = Price { rates: Rates { input: 100, output: 400, ..Rates::default() }, ..Price::default() };
    assert_eq!(plain.cost(&usage), Ok(1_000 * 100 + 50 * 400), "parts without a price are ordinary tokens");
    let odd = Usage { input: 10, cached_read: 30, output: 1, reasoning: 4, ..Usage::default() };
    assert_eq!(price.cost(&odd), Ok(5 + 30 * 10 + 4 * 700), "parts that are more than the whole count");
}

#[test]
fn a_batch_has_its_prices_and_else_the_ordinary_ones() {
    let own = Rates { input: 100, output: 400, cached_read: Some(10), ..Rates::default() };
    let usage =
        Usage { input: 10, output: 10, cached_read: 4, cached_write: 2, batch: true, ..Usage::default() };
    let cost = |batch| Price { rates: own, batch, ..Price::default() }.cost(&usage);
    assert_eq!(cost(BatchRates::default()), Ok(6 * 100 + 4 * 10 + 10 * 400));
    let half = BatchRates { input: Some(50), output: Some(200), ..BatchRates::default() };
    assert_eq!(cost(half), Ok(4 * 50 + 4 * 10 + 2 * 50 + 10 * 200));
    assert_eq!(cost(BatchRates { cached_read: Some(5), ..half }), Ok(4 * 50 + 4 * 5 + 2 * 50 + 10 * 200));
}

#[test]
fn the_highest_tier_that_is_exceeded_prices_the_whole_request() {
    let tier = |above, input| Tier {
        above_input_tokens: above,
        rates: Rates { input, output: 7, ..Rates::default() },
        batch: BatchRates::default(),
    };
    let price = Price {
        rates: Rates { input: 1, output: 5, ..Rates::default() },
        tiers: vec![tier(300, 3), tier(100, 2)],
        ..Price::default()
    };
    let cost = |input| price.cost(&Usage { input, output: 1, ..Usage::default() }).expect("fits");
    assert_eq!([cost(100), cost(101), cost(300), cost(301)], [105, 209, 607, 910]);
}

#[test]
fn what_does_not_fit_is_said() {
    let dear =
        Price { rates: Rates { input: i64::MAX, output: i64::MAX, ..Rates::default() }, ..Price::default() };
    let call = |input, output| dear.cost(&Usage { input, output, ..Usage::default() });
    assert_eq!(call(1, 0), Ok(i64::MAX));
    assert_eq!(call(1, 1), Err(Overflow));
    assert_eq!(call(u64::MAX, u64::MAX), Err(Overflow));
}

#[test]
fn amounts_are_read_digit_by_digit() {
    for (text, pico) in [
        ("0", 0),
        ("0.0", 0),
        ("0e5", 0),
        ("-0", 0),
        ("1", 1_000_000_000_000),
        ("0.000225", 225_000_000),
        ("7.5e-08", 75_000),
        ("1.5E-7", 150_000),
        ("2.5e+0", 2_500_000_000_000),
        ("0.000000000001", 1),
        ("1e-12", 1),
        ("0.1000000000000000", 100_000_000_000),
        ("9223372.036854775807", i64::MAX),
        ("0.00000000000100000e0", 1),
        ("12e-13000", -1),
    ] {
        let read = money_from_text(text);
        if pico < 0 {
            assert_eq!(read, Err(MoneyError::TooFine(12)), "{text}");
        } else {
            assert_eq!(read, Ok(pico), "{text}");
        }
    }
    for (text, error) in [
        ("", MoneyError::NotDecimal),
        ("1.", MoneyError::NotDecimal),
        (".5", MoneyError::NotDecimal),
        ("1,5", MoneyError::NotDecimal),
        ("NaN", MoneyError::NotDecimal),
        ("1e", MoneyError::NotDecimal),
        ("1e99999", MoneyError::NotDecimal),
        ("+1", MoneyError::NotDecimal),
        ("--1", MoneyError::NotDecimal),
        ("-0.1", MoneyError::Negative),
        ("0.0000000000001", MoneyError::TooFine(12)),
        ("9223372.036854775808", MoneyError::TooLarge),
        ("1e30", MoneyError::TooLarge),
    ] {
        assert_eq!(money_from_text(text), Err(error), "{text}");
    }
    assert_eq!(per_million_from_text("0.0000001"), Err(MoneyError::TooFine(6)));
}

#[test]
fn rounding_is_half_to_even_and_said() {
    for (text, expected) in [
        ("0.0000000000005", (0, true)),
        ("0.0000000000015", (2, true)),
        ("0.0000000000025", (2, true)),
        ("0.00000000000251", (3, true)),
        ("0.00000000000049", (0, true)),
        ("2.5e-12", (2, true)),
        ("3e-12", (3, false)),
        ("7e-13", (1, true)),
        ("1e-300", (0, true)),
    ] {
        assert_eq!(money_rounded(text), Ok(expected), "{text}");
    }
}

#[test]
fn amounts_are_written_without_needless_digits() {
    for (pico, text) in [
        (0, "0"),
        (1, "0.000000000001"),
        (225_000_000, "0.000225"),
        (1_000_000_000_000, "1"),
        (-1_500_000_000_000, "-1.5"),
        (i128::MAX, "170141183460469231731687303.715884105727"),
    ] {
        assert_eq!(usd(pico), text);
    }
    assert_eq!((per_million(75_000), per_million(1)), ("0.075".to_owned(), "0.000001".to_owned()));
}

#[test]
fn one_model_has_many_names() {
    for (provider, model, expected) in [
        (Some("OpenAI"), "GPT-4o", (Some("openai"), "gpt-4o")),
        (None, "openai/gpt-4o", (Some("openai"), "gpt-4o")),
        (None, "gpt-4o-2024-08-06", (Some("openai"), "gpt-4o-2024-08-06")),
        (Some("x_ai"), "xai/grok-4.3", (Some("xai"), "grok-4.3")),
        (Some("gcp.gemini"), "models/gemini-2.5-pro", (Some("google"), "gemini-2.5-pro")),
        (None, "models/gemini-2.5-pro", (Some("google"), "gemini-2.5-pro")),
        (None, "gemini/gemini-2.5-pro", (Some("google"), "gemini-2.5-pro")),
        (None, "publishers/google/models/gemini-2.5-pro", (Some("vertex_ai"), "gemini-2.5-pro")),
        (
            None,
            "projects/p/locations/l/publishers/google/models/gemini-2.5-pro",
            (Some("vertex_ai"), "gemini-2.5-pro"),
        ),
        (Some("vertex_ai-anthropic_models"), "claude-sonnet-4-5", (Some("vertex_ai"), "claude-sonnet-4-5")),
        (Some("azure.ai.openai"), "gpt-4o", (Some("azure"), "gpt-4o")),
        (None, "bedrock/us.amazon.nova-pro-v1:0", (Some("bedrock"), "us.amazon.nova-pro-v1:0")),
        (
            None,
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            (Some("bedrock"), "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ),
        (
            None,
            "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0",
            (Some("bedrock"), "us.amazon.nova-pro-v1:0"),
        ),
        (Some("openrouter"), "openai/gpt-4o", (Some("openrouter"), "openai/gpt-4o")),
        (Some("together"), "meta-llama/Llama-3", (Some("together"), "meta-llama/llama-3")),
        (None, "my-own", (None, "my-own")),
        (Some(" "), "claude-3", (Some("anthropic"), "claude-3")),
    ] {
        let (got_provider, got_model) = normalised(provider, model);
        assert_eq!((got_provider.as_deref(), &*got_model), expected, "{provider:?} {model}");
    }
    for (name, plain) in [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet"),
        ("claude-3-5-sonnet@20241022", "claude-3-5-sonnet"),
        ("mistral-large-latest", "mistral-large"),
        ("gpt-4o", "gpt-4o"),
        ("-20241022", "-20241022"),
        ("gpt-4-0613", "gpt-4-0613"),
        ("é20241022", "é20241022"),
    ] {
        assert_eq!(undated(name), plain);
    }
}

#[test]
fn plain_names_are_borrowed() {
    let (provider, model) = normalised(Some("gcp.gemini"), "models/gemini-2.5-pro");
    assert!(matches!(
        (provider, model),
        (Some(std::borrow::Cow::Borrowed(_)), std::borrow::Cow::Borrowed(_))
    ));
}

fn layers(project: Vec<Entry>, instance: Vec<Entry>) -> PriceBook {
    PriceBook::new(std::sync::Arc::new(Prices::new(project)), std::sync::Arc::new(Prices::new(instance)))
}

fn said(book: &PriceBook, provider: Option<&str>, model: &str, day: &str) -> Option<(Layer, String)> {
    book.find(provider, model, at(day)).map(|(layer, entry)| (layer, per_million(entry.price.rates.input)))
}

#[test]
fn the_nearest_layer_that_knows_the_model_says_its_price() {
    let book = layers(
        vec![
            entry("openai", "gpt-4o", Some("2026-06-01"), "1"),
            entry("openai", "gpt-4o", Some("2026-09-01"), "0.5"),
        ],
        vec![entry("openai", "gpt-4o-2024-08-06", None, "3"), entry("mine", "my-own", None, "9")],
    );
    let find = |model, day| said(&book, Some("openai"), model, day);
    assert_eq!(find("gpt-4o", "2026-05-01"), Some((Layer::BuiltIn, "2.5".to_owned())));
    assert_eq!(find("gpt-4o", "2026-06-01"), Some((Layer::Project, "1".to_owned())));
    assert_eq!(find("GPT-4o", "2026-08-31"), Some((Layer::Project, "1".to_owned())));
    assert_eq!(find("gpt-4o-2024-08-06", "2026-12-01"), Some((Layer::Project, "0.5".to_owned())));
    assert_eq!(find("gpt-4o-2024-08-06", "2026-05-01"), Some((Layer::Instance, "3".to_owned())));
    assert_eq!(
        find("gpt-4o-2024-05-13", "2026-05-01"),
        Some((Layer::BuiltIn, "5".to_owned())),
        "listed itself"
    );
    assert_eq!(find("gpt-4o-2024-11-20", "2026-05-01"), Some((Layer::BuiltIn, "2.5".to_owned())));
    assert_eq!(find("no-such-model", "2026-05-01"), None);
    assert_eq!(said(&book, None, "my-own", "2026-05-01"), Some((Layer::Instance, "9".to_owned())));
    assert_eq!(said(&book, Some("azure"), "gpt-4o", "2026-05-01"), None, "a cloud has prices of its own");
    let two = layers(vec![entry("one", "m", None, "1"), entry("two", "m", None, "2")], Vec::new());
    assert_eq!(said(&two, None, "m", "2026-05-01"), None, "which one is meant is not guessed");
    assert_eq!(said(&two, Some("two"), "m", "2026-05-01"), Some((Layer::Project, "2".to_owned())));
}

#[test]
fn a_model_of_bedrock_is_found_without_region_maker_and_revision() {
    let book = layers(vec![entry("bedrock", "eu.amazon.nova-pro-v1:0", None, "7")], Vec::new());
    let find = |model| said(&book, Some("aws.bedrock"), model, "2026-05-01").map(|(_, input)| input);
    for model in
        ["us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", "nova-pro", "bedrock/apac.amazon.nova-pro-v1:0"]
    {
        assert_eq!(find(model).as_deref(), Some("0.8"), "{model}");
    }
    assert_eq!(find("eu.amazon.nova-pro-v1:0").as_deref(), Some("7"), "what is listed itself stands");
}

#[test]
fn of_each_model_one_entry_is_in_force() {
    let mine = vec![
        entry("openai", "gpt-4o", Some("2026-06-01"), "1"),
        entry("a", "later", Some("2027-01-01"), "1"),
    ];
    let book = layers(mine, vec![entry("openai", "gpt-4o", None, "3")]);
    let found = book.in_force(at("2026-07-01"));
    let four: Vec<_> = found.iter().filter(|(_, entry)| &*entry.model == "gpt-4o").collect();
    assert_eq!(
        four.iter().map(|(layer, entry)| (*layer, &*entry.provider)).collect::<Vec<_>>(),
        [(Layer::Project, "openai")]
    );
    assert!(found.iter().all(|(_, entry)| &*entry.model != "later"));
    assert!(found.is_sorted_by_key(|(_, entry)| (entry.provider.clone(), entry.model.clone())));
}

#[test]
fn a_table_of_litellm_is_read_exactly() {
    let table = r#"{
        "sample_spec": {"mode": "one of: chat", "litellm_provider": "x", "input_cost_per_token": 0.0},
        "gemini/gemini-9-pro": {"mode": "chat", "litellm_provider": "gemini", "input_cost_per_token": 1.25e-06,
            "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-07, "input_cost_per_token_batches": 6.25e-07,
            "input_cost_per_token_above_200k_tokens": 2.5e-06, "output_cost_per_token_above_200k_tokens": 1.5e-05,
            "input_cost_per_token_priority": 9.9e-06, "cache_creation_input_token_cost_above_1hr": 9e-06,
            "output_cost_per_reasoning_token": 2e-05, "source": "https://example.com"},
        "text-embedding-9": {"mode": "embedding", "litellm_provider": "openai", "input_cost_per_token": "2e-08"},
        "fine": {"mode": "chat", "litellm_provider": "openai", "input_cost_per_token": 1.2345678e-07},
        "free": {"mode": "chat", "litellm_provider": "ollama", "input_cost_per_token": 0.0, "output_cost_per_token": 0},
        "dall-e": {"mode": "image_generation", "litellm_provider": "openai"},
        "none": {"mode": "chat", "litellm_provider": "openai"},
        "minus": {"mode": "chat", "litellm_provider": "openai", "input_cost_per_token": -1e-06},
        "word": {"mode": "chat", "litellm_provider": "openai", "input_cost_per_token": true},
        "list": []
    }"#;
    let table: Map<String, Value> = serde_json::from_str(table).expect("JSON");
    let read = read_litellm(&table);
    let names: Vec<_> =
        read.listings.iter().map(|listing| (&*listing.provider, &*listing.model, listing.rounded)).collect();
    assert_eq!(
        names,
        [("google", "gemini-9-pro", false), ("openai", "text-embedding-9", false), ("openai", "fine", true)]
    );
    let pro = &read.listings[0].price;
    let own = Rates { cached_read: Some(per("0.125")), reasoning: Some(per("20")), ..rates("1.25", "10") };
    assert_eq!(pro.rates, own);
    assert_eq!(pro.batch, BatchRates { input: Some(per("0.625")), ..BatchRates::default() });
    let tier = Rates { cached_read: Some(per("0.125")), reasoning: Some(per("20")), ..rates("2.5", "15") };
    assert_eq!(pro.tiers, [Tier { above_input_tokens: 200_000, rates: tier, batch: BatchRates::default() }]);
    assert_eq!(read.listings[1].price.rates, rates("0.02", "0"));
    assert_eq!(read.listings[2].price.rates.input, 123_457, "rounded to the picodollar");
    let skipped: Vec<_> = read.skipped.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(skipped, ["sample_spec", "free", "dall-e", "none", "minus", "word", "list"]);
    assert!(read.skipped.iter().all(|(_, why)| !why.is_empty()));
}

#[test]
fn numbers_of_json_keep_their_text() {
    let value: Value = serde_json::from_str(r#"{"a": 7.5e-08, "b": 0.1000000000000000055}"#).expect("JSON");
    assert_eq!(money_from_text(&value["a"].to_string()), Ok(75_000));
    assert_eq!(money_from_text(&value["b"].to_string()), Err(MoneyError::TooFine(12)));
    assert_ne!(json!(0.1), value["b"]);
}

proptest! {
    #[test]
    fn every_amount_comes_back(pico in 0..=i64::MAX) {
        prop_assert_eq!(money_from_text(&usd(i128::from(pico))), Ok(pico));
        prop_assert_eq!(per_million_from_text(&per_million(pico)), Ok(pico));
    }

    #[test]
    fn an_exponent_is_only_another_way_to_write(digits in 1..=999_999_i64, places in 0..=12_u32) {
        let by_exponent = money_from_text(&format!("{digits}e-{places}"));
        let by_value = digits.checked_mul(10_i64.pow(12 - places)).ok_or(MoneyError::TooLarge);
        prop_assert_eq!(by_exponent, by_value);
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,70}") {
        let _ = (money_from_text(&text), money_rounded(&text), normalised(Some(&text), &text), undated(&text));
        let _ = layers(Vec::new(), Vec::new()).find(None, &text, forever());
    }

    #[test]
    fn a_cost_is_the_sum_of_its_tokens(
        input in 0..1_000_000_u64, output in 0..1_000_000_u64, read in 0..1_000_u64, write in 0..1_000_u64,
        prices in prop::array::uniform4(0..100_000_000_i64),
    ) {
        let (input, [plain, out, cached, written]) = (input + read + write, prices);
        let own = Rates { input: plain, output: out, cached_read: Some(cached), cached_write: Some(written), reasoning: None };
        let usage = Usage { input, output, cached_read: read, cached_write: write, ..Usage::default() };
        let exact = i128::from(input - read - write) * i128::from(plain) + i128::from(read) * i128::from(cached)
            + i128::from(write) * i128::from(written) + i128::from(output) * i128::from(out);
        let cost = Price { rates: own, ..Price::default() }.cost(&usage).map(i128::from);
        prop_assert_eq!(cost, if exact <= i128::from(i64::MAX) { Ok(exact) } else { Err(Overflow) });
    }
}
