use proptest::prelude::*;

use super::{cell::Sample, measure::Value, *};

fn measured(values: &[i64]) -> Measure {
    let mut measure = Measure::default();
    values.iter().for_each(|value| measure.add(Value::new(*value)));
    measure
}

/// The rule, on the values themselves.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
fn ranked(values: &[i64], q: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_unstable();
    values[(q * (values.len() - 1) as f64).floor() as usize] as f64
}

proptest! {
    #[test]
    fn quantiles_are_within_one_percent(
        values in prop::collection::vec(prop_oneof![-1000_i64..1000, 0_i64..1_000_000_000, any::<i64>().prop_map(|n| n / 2)], 1..300),
        q in 0.0_f64..=1.0,
    ) {
        let (exact, estimated) = (ranked(&values, q), measured(&values).quantile(q).expect("there are values"));
        prop_assert!((estimated - exact).abs() <= exact.abs() * 0.01 + 1e-9, "{estimated} for {exact}");
    }

    #[test]
    fn it_does_not_matter_in_which_order_or_parts_values_are_added(
        values in prop::collection::vec(any::<i64>(), 0..100), cut in 0_usize..100,
    ) {
        let cut = cut.min(values.len());
        let mut parts = measured(&values[cut..]);
        parts.merge(&measured(&values[..cut]));
        prop_assert_eq!(parts, measured(&values));
    }

    #[test]
    fn packs_are_read_as_written(values in prop::collection::vec(any::<i64>(), 0..50), name in ".{0,20}") {
        let mut pack = Pack::default();
        let cell = pack.cell(&[1, 2, 3]);
        cell.latency = measured(&values);
        cell.scores.insert(name.as_str().into(), ScoreCell { values: measured(&values[..values.len() / 2]), categories: [("a".into(), 3)].into() });
        cell.seen = Some(Seen { first: -5, last: i64::MAX, example: name.into() });
        let bytes = pack.to_bytes();
        prop_assert_eq!(Pack::from_bytes(&bytes).expect("readable"), pack);
        for end in 0..bytes.len() {
            prop_assert!(Pack::from_bytes(&bytes[..end]).is_err());
        }
    }
}

#[test]
fn small_whole_numbers_are_exact() {
    for value in 0..50 {
        assert_eq!(measured(&[0, value, 1000]).sketch.quantile(0.5), Some(value as f64), "{value}");
    }
}

#[test]
fn figures_of_known_values() {
    let measure = measured(&[2, 4, 4, 4, 5, 5, 7, 9]);
    assert_eq!((measure.mean(), measure.variance()), (Some(5.0), Some(4.0)));
    assert_eq!(
        (measure.quantile(0.0), measure.quantile(0.5), measure.quantile(1.0)),
        (Some(2.0), Some(4.0), Some(9.0))
    );
    let empty = Measure::default();
    assert_eq!((empty.mean(), empty.variance(), empty.quantile(0.5)), (None, None, None));
}

#[test]
fn an_execution_is_counted_once_in_each_cube() {
    let fact = Fact {
        line: 7,
        environment: "production",
        purpose: 0,
        id: "e1",
        started_at: 1_000,
        late: true,
        status: Status::Timeout,
        latency: 1_500,
        tokens: Tokens { input: Some(10), output: None, cached_read: Some(4), ..Tokens::default() },
        cost: None,
        provider: "openai",
        model: "m\u{1f}x",
        country: "DE",
        error_type: "timeout",
        error_shape: "",
        tags: &[("plan", "pro"), ("beta", "true")],
        scores: &[
            ScoreFact { name: "thumbs", value: Scored::Units(1_000_000_000) },
            ScoreFact { name: "tone", value: Scored::Category("warm") },
        ],
    };
    let (mut cell, mut keys) = (Cell::default(), Vec::new());
    cell.add(&Sample::new(&fact));
    fact.each_key(&mut Vec::new(), |cube, key| keys.push((cube, key.to_vec())));
    let cubes: Vec<Cube> = keys.iter().map(|(cube, _)| *cube).collect();
    assert_eq!(
        cubes,
        [Cube::Total, Cube::Line, Cube::Model, Cube::Country, Cube::Outcome, Cube::Tag, Cube::Tag]
    );
    let key = Key::read(&keys[2].1).expect("a key");
    assert_eq!((key.line, key.texts), (7, vec!["openai", "m x"]));
    assert_eq!((cell.count(), cell.unpriced, cell.late, cell.cached_read), (1, 1, 1, 4));
    assert_eq!((cell.input.count, cell.output.count), (1, 0));
    assert_eq!(cell.scores["thumbs"].values.sum, 1_000_000_000);
    assert_eq!(cell.seen.as_ref().map(|seen| &*seen.example), Some("e1"));
    cell.price(5);
    assert_eq!((cell.unpriced, cell.cost.sum), (0, 5));
}

#[test]
fn messages_of_one_shape() {
    for (message, shape) in [
        ("Rate limit reached, retry in 20 s", "Rate limit reached, retry in ‹n› s"),
        ("Context of 128,431 tokens exceeds 128,000", "Context of ‹n› tokens exceeds ‹n›"),
        ("request req_8f3ab12c9d failed", "request ‹id› failed"),
        ("no row 0190f7a2-1111-7000-8000-00000000abcd", "no row ‹id›"),
        ("unknown field \"naïve\" at line 3", "unknown field ‹text› at line ‹n›"),
        ("two\n  lines\t and\u{0} more", "two lines and more"),
        ("", ""),
    ] {
        assert_eq!(error_shape(message), shape);
    }
    assert_eq!(error_shape(&"ä ".repeat(3_000)).chars().count(), 161);
}

#[test]
fn scores_have_nine_decimals_and_a_bound() {
    assert_eq!(score_units(0.1), Some(100_000_000));
    assert_eq!(score_units(-1e9), Some(-1_000_000_000_000_000_000));
    assert_eq!((score_units(1.1e9), score_units(f64::NAN)), (None, None));
}
