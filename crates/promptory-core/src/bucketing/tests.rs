//! Vectors: `bucketing.json` was made with GrowthBook's Python SDK 4.0.0 and integer ranges, `growthbook_bucketing.json`
//! is what all SDKs of GrowthBook are tested with (0.8.0).

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn key(text: &str) -> Key<'_> {
    Key::new(text).expect("not empty")
}

fn text<'a>(case: &'a Value, pointer: &str) -> &'a str {
    case.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} of {case}"))
}

fn number(value: &Value) -> u32 {
    value.as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or_else(|| panic!("{value}"))
}

fn share(value: &Value) -> Share {
    Share::from_ppm(number(value)).expect("at most all")
}

fn list(case: &Value, pointer: &str) -> Vec<Value> {
    case.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("{pointer} of {case}")).clone()
}

fn variant(case: &Value, taken: bool) {
    let (seed, unit) = (text(case, "/inputs/seed"), key(text(case, "/inputs/key")));
    let weights: Vec<Share> = list(case, "/inputs/weights_ppm").iter().map(share).collect();
    let ranges = ranges(&weights, share(&case["inputs"]["coverage_ppm"])).expect("they add up");
    if let Some(expected) = case["expected"]["ranges_ppm"].as_array() {
        let pairs: Vec<Value> =
            ranges.iter().map(|range| serde_json::json!([range.start, range.end])).collect();
        assert_eq!(&pairs, expected, "{}", case["id"]);
    }
    let chosen = if taken { choose(Bucket::of(seed, &unit), &ranges) } else { None };
    assert_eq!(chosen.map(|n| n as u64), case["expected"]["variant_index"].as_u64(), "{}", case["id"]);
}

#[test]
fn buckets_and_variants_of_the_vectors() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../tests/vectors/bucketing.json")).expect("valid JSON");
    let mut seen = std::collections::BTreeMap::<String, u32>::new();
    for case in &list(&vectors, "/cases") {
        let (seed, written) = (text(case, "/inputs/seed"), text(case, "/inputs/key"));
        *seen.entry(text(case, "/method").to_owned()).or_default() += 1;
        match text(case, "/method") {
            "hash_gb2" => {
                let bucket = Bucket::of(seed, &key(written));
                assert_eq!(bucket.number(), number(&case["expected"]["bucket_10000"]), "{}", case["id"]);
                let canonical = case["expected"]["canonical_key"].as_str().unwrap_or(written);
                assert_eq!(key(written).as_str(), canonical);
            }
            "assign" => variant(case, true),
            "assign_namespace" => {
                let [start, end] =
                    ["start_ppm", "end_ppm"].map(|end| number(&case["inputs"]["namespace"][end]));
                let id = text(case, "/inputs/namespace/id").to_owned();
                variant(case, Namespace { id, range: PpmRange { start, end } }.contains(&key(written)));
            }
            "rollout_monotone" => {
                let within = |percent: &Value| {
                    let share = Share::parse_percent(&percent.to_string()).expect("a percentage");
                    Value::Bool(Bucket::of(seed, &key(written)).is_within(share))
                };
                let within: Vec<Value> = list(case, "/inputs/steps_percent").iter().map(within).collect();
                assert_eq!(within, list(case, "/expected/in_canary"), "{}", case["id"]);
            }
            other => panic!("unknown method {other}"),
        }
    }
    let seen: Vec<u32> = seen.into_values().collect();
    assert_eq!(seen, [20, 6, 16, 8]);
}

fn growthbook(section: &str) -> Vec<Value> {
    let vectors: Value = serde_json::from_str(include_str!("../../tests/vectors/growthbook_bucketing.json"))
        .expect("valid JSON");
    list(&vectors, &format!("/{section}"))
}

fn fraction(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-6
}

#[test]
fn hashes_and_namespaces_of_growthbook() {
    for case in growthbook("hash") {
        let hash = Interop::hash(text(&case, "/0"), text(&case, "/1"), number(&case[2]));
        assert_eq!(hash, case[3].as_f64(), "{case}");
    }
    for case in growthbook("inNamespace") {
        let [start, end] = [&case[2][1], &case[2][2]].map(fraction);
        let is_in = Interop::in_namespace(text(&case, "/1"), text(&case, "/2/0"), start, end);
        assert_eq!(Some(is_in), case[3].as_bool(), "{case}");
    }
}

#[test]
fn ranges_and_weights_of_growthbook() {
    for case in growthbook("getEqualWeights") {
        let expected: Vec<f64> = list(&case, "/1").iter().map(fraction).collect();
        let variants = case[0].as_i64().and_then(|n| i32::try_from(n).ok()).expect("a count");
        let weights = Interop::equal_weights(variants);
        assert!(weights.len() == expected.len() && weights.iter().zip(&expected).all(|(a, b)| close(*a, *b)));
    }
    for case in growthbook("getBucketRange") {
        let weights: Option<Vec<f64>> =
            case[1][2].as_array().map(|weights| weights.iter().map(fraction).collect());
        let variants = i32::try_from(number(&case[1][0])).expect("a count");
        let found = Interop::ranges(variants, fraction(&case[1][1]), weights.as_deref());
        let expected = list(&case, "/2");
        assert_eq!(found.len(), expected.len(), "{case}");
        for ((start, end), expected) in found.into_iter().zip(&expected) {
            assert!(close(start, fraction(&expected[0])) && close(end, fraction(&expected[1])), "{case}");
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "fractions from 0 to 1")]
fn millionths(value: &Value) -> u32 {
    (fraction(value) * 1e6).round() as u32
}

#[test]
fn variants_of_growthbook() {
    for case in growthbook("chooseVariation") {
        let bucket = (0..=u32::MAX).step_by(429_496).map(Bucket::drawn);
        let bucket =
            bucket.into_iter().find(|bucket| bucket.ppm() == millionths(&case[1])).expect("a bucket");
        let range = |pair: &Value| PpmRange { start: millionths(&pair[0]), end: millionths(&pair[1]) };
        let ranges: Vec<PpmRange> = list(&case, "/2").iter().map(range).collect();
        assert_eq!(
            choose(bucket, &ranges).map(|n| n as i64).unwrap_or(-1),
            case[3].as_i64().expect("an index")
        );
    }
}

#[test]
fn percentages_are_read_digit_by_digit() {
    for (written, ppm) in
        [("0", 0), ("5", 50_000), ("12.5", 125_000), ("0.01", 100), ("100", 1_000_000), ("100.00", 1_000_000)]
    {
        let share = Share::parse_percent(written).expect(written);
        assert_eq!((share.ppm(), share.can_be_served()), (ppm, true), "{written}");
        assert_eq!(Share::parse_percent(&share.to_string()), Ok(share));
    }
    for (written, why) in [
        ("100.01", "above 100"),
        ("99999999999", "above 100"),
        ("0.001", "0.01"),
        ("-1", "from 0 to 100"),
        ("1e1", "from 0 to 100"),
        ("", "from 0 to 100"),
        ("5.", "from 0 to 100"),
    ] {
        assert!(Share::parse_percent(written).is_err_and(|message| message.contains(why)), "{written}");
    }
    assert!(!Share::from_ppm(333_333).expect("less than all").can_be_served());
    assert!(serde_json::from_str::<Share>("1000001").is_err());
}

#[test]
fn refused_weights_and_keys() {
    assert_eq!(Key::new(""), Err(EmptyKey));
    assert_eq!(ranges(&[], Share::FULL), Err(WeightsError::None));
    assert_eq!(
        ranges(&[Share::percent(50), Share::percent(49)], Share::FULL),
        Err(WeightsError::Sum(990_000))
    );
    assert_eq!(equal_weights(0), []);
    assert_eq!(
        equal_weights(3).iter().map(|share| share.ppm()).collect::<Vec<_>>(),
        [333_333, 333_333, 333_334]
    );
}

#[test]
fn a_draw_is_even() {
    let draws = (0..10_000_u32).map(|n| Bucket::drawn(n * 429_497));
    assert_eq!(draws.filter(|bucket| bucket.is_within(Share::percent(25))).count(), 2_500);
    assert_eq!(Bucket::drawn(u32::MAX).number(), 9_999);
    assert_eq!(Bucket::of_unit("seed", None, u32::MAX).number(), 9_999);
    assert_eq!(Bucket::of_unit("seed", Some(&key("a")), u32::MAX), Bucket::of("seed", &key("a")));
    assert_eq!(new_seed(255), "00000000000000ff");
}

proptest! {
    /// Whoever has the new version keeps it while its share grows.
    #[test]
    fn shares_are_nested(seed in "[0-9a-f]{16}", unit in "\\PC{1,20}", one in 0_u32..=1_000_000, other in 0_u32..=1_000_000) {
        let bucket = Bucket::of(&seed, &key(&unit));
        let [small, large] = [one.min(other), one.max(other)].map(|ppm| Share::from_ppm(ppm).expect("at most all"));
        prop_assert!(!bucket.is_within(small) || bucket.is_within(large));
        prop_assert!(bucket.is_within(Share::FULL) && !bucket.is_within(Share::NONE));
    }

    #[test]
    fn coverage_moves_nobody(
        seed in "[0-9a-f]{16}", unit in "[a-z0-9]{1,12}", variants in 1_u32..8, one in 0_u8..=100, other in 0_u8..=100,
    ) {
        let bucket = Bucket::of(&seed, &key(&unit));
        let at = |percent: u8| choose(bucket, &ranges(&equal_weights(variants), Share::percent(percent)).expect("they add up"));
        let (less, more) = (at(one.min(other)), at(one.max(other)));
        prop_assert!(less.is_none() || less == more);
        prop_assert!(at(100).is_some());
    }

    /// The share that is served is the one that was asked for, within what chance allows (seven deviations).
    #[test]
    fn the_share_is_really_served(random in any::<u64>(), percent in 1_u8..100) {
        let seed = new_seed(random);
        let within = (0..4_000).filter(|n| Bucket::of(&seed, &key(&format!("user-{n}"))).is_within(Share::percent(percent)));
        let (expected, p) = (40.0 * f64::from(percent), f64::from(percent) / 100.0);
        let deviation = (4_000.0 * p * (1.0 - p)).sqrt();
        prop_assert!((within.count() as f64 - expected).abs() < 7.0 * deviation + 1.0);
    }
}
