use super::*;
use proptest::prelude::*;

fn numbers(texts: &[&str]) -> Vec<Number> {
    texts.iter().map(|t| Number::parse(t).expect("valid")).collect()
}

fn change(bump: Bump) -> Vec<ContractChange> {
    vec![ContractChange { bump, code: "test", subject: "x".into(), detail: String::new() }]
}

fn exact(text: &str) -> Wanted {
    Wanted::Exact(Number::parse(text).expect("valid"))
}

#[test]
fn parsing() {
    for good in ["1.0.0", "0.0.0", "1000000000.0.1", "1.3.0-experiment.tone.1"] {
        assert_eq!(Number::parse(good).expect(good).to_string(), good);
    }
    for bad in
        ["", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0+b", "1000000001.0.0", "1.0.0-", "1.0.0-01", " 1.0.0"]
    {
        assert!(Number::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn order_is_that_of_semver() {
    let sorted =
        ["1.0.0-alpha", "1.0.0-alpha.2", "1.0.0-alpha.11", "1.0.0-beta", "1.0.0", "1.0.1", "1.10.0", "2.0.0"];
    for pair in numbers(&sorted).windows(2) {
        assert!(pair[0] < pair[1], "{} < {}", pair[0], pair[1]);
    }
}

#[test]
fn next_numbers() {
    let check = |existing: &[&str], wanted: Wanted, bump: Bump, expected: &str| {
        let next = next(&numbers(existing), &wanted, &change(bump), false).expect("a number");
        assert_eq!(next.to_string(), expected, "{existing:?} {wanted:?}");
    };
    check(&[], Wanted::Auto, Bump::Patch, "1.0.0");
    check(&["1.0.0"], Wanted::Auto, Bump::Patch, "1.0.1");
    check(&["1.0.0"], Wanted::Auto, Bump::Minor, "1.1.0");
    check(&["1.4.2", "1.0.0"], Wanted::Auto, Bump::Major, "2.0.0");
    check(&["1.0.0"], Wanted::Bump(Bump::Major), Bump::Patch, "2.0.0");
    check(&["1.1.0", "2.0.0"], exact("1.1.1"), Bump::Patch, "1.1.1");
    check(&["1.1.0", "2.0.0"], exact("1.2.0"), Bump::Minor, "1.2.0");
    check(&["1.1.0"], exact("0.9.0"), Bump::Major, "0.9.0");
    check(&["1.2.0", "1.3.0-x.1"], Wanted::Auto, Bump::Minor, "1.3.0");
    check(&["1.2.0", "1.2.1-x.1"], Wanted::Auto, Bump::Patch, "1.2.1");
    check(&["1.2.0", "1.3.5-x.1"], Wanted::Auto, Bump::Minor, "1.4.0");
    check(&["1.0.0-x.1"], Wanted::Auto, Bump::Patch, "1.0.0");
    check(&["1.2.0"], exact("1.3.0-experiment.tone.1"), Bump::Minor, "1.3.0-experiment.tone.1");
}

#[test]
fn refusals() {
    let existing = numbers(&["1.0.0", "1.0.5", "2.0.0"]);
    let of = |wanted: &Wanted, bump| next(&existing, wanted, &change(bump), false).expect_err("refused");
    assert!(matches!(of(&exact("1.0.5"), Bump::Patch), NumberError::Taken(_)));
    assert!(matches!(of(&exact("1.0.4"), Bump::Patch), NumberError::TooLow { .. }));
    let refused = of(&Wanted::Bump(Bump::Minor), Bump::Major);
    let NumberError::BreakingChange { needed, given, base, changes } = refused else { panic!("{refused:?}") };
    assert_eq!(
        (needed, given, base.to_string(), changes.len()),
        (Bump::Major, Bump::Minor, "2.0.0".into(), 1)
    );
    assert!(matches!(of(&exact("2.0.1"), Bump::Minor), NumberError::BreakingChange { .. }));
    assert!(next(&existing, &exact("2.0.1"), &change(Bump::Major), true).is_ok());
}

#[test]
fn the_base_is_the_highest_lower_one() {
    let existing = numbers(&["1.0.0", "1.1.0", "2.0.0", "2.1.0-x.1"]);
    let of = |wanted: Wanted| base(&existing, &wanted).map(|n| n.to_string());
    assert_eq!(of(Wanted::Auto).as_deref(), Some("2.0.0"));
    assert_eq!(of(exact("1.1.1")).as_deref(), Some("1.1.0"));
    assert_eq!(of(exact("0.1.0")), None);
    assert_eq!(of(exact("2.1.0-x.2")).as_deref(), Some("2.1.0-x.1"));
    assert_eq!(base(&[], &Wanted::Auto), None);
}

#[test]
fn references() {
    let check = |text: &str, expected: Reference| assert_eq!(parse_reference(text), expected, "{text}");
    check("7", Reference::Sequence(7));
    check("1.2.0", Reference::Number(Number::new(1, 2, 0)));
    for range in ["^1.2", "~1.2.0", "1.x", "1.2", ">=1, <3", "*", "=1.2.0"] {
        check(range, Reference::Range(range.into()));
    }
    for name in ["latest", "production", "", "x1", "99999999999999999999", "1..2", "-1", "eu.x"] {
        check(name, Reference::Name(name.into()));
    }
}

fn any_number() -> impl Strategy<Value = Number> {
    (0u64..4, 0u64..4, 0u64..4, prop_oneof![3 => Just(""), 1 => Just("x.1"), 1 => Just("x.2")])
        .prop_map(|(major, minor, patch, pre)| Number { major, minor, patch, pre: pre.into() })
}

fn any_bump() -> impl Strategy<Value = Bump> {
    prop_oneof![Just(Bump::Patch), Just(Bump::Minor), Just(Bump::Major)]
}

fn any_wanted() -> impl Strategy<Value = Wanted> {
    prop_oneof![Just(Wanted::Auto), any_bump().prop_map(Wanted::Bump), any_number().prop_map(Wanted::Exact)]
}

proptest! {
    #[test]
    fn the_next_number_is_unused_and_above_its_line(
        existing in prop::collection::vec(any_number(), 0..20),
        wanted in any_wanted(), bump in any_bump(), allow in any::<bool>(),
    ) {
        let first = next(&existing, &wanted, &change(bump), allow);
        prop_assert_eq!(&first, &next(&existing, &wanted, &change(bump), allow));
        if let Ok(number) = first {
            prop_assert!(!existing.contains(&number));
            prop_assert!(existing.iter().all(|n| (n.major, n.minor) != (number.major, number.minor) || *n < number));
            prop_assert_eq!(Number::parse(&number.to_string()), Ok(number));
        } else {
            prop_assert!(wanted != Wanted::Auto);
        }
    }

    #[test]
    fn any_text_is_some_reference(text in "\\PC{0,20}|[0-9.^~<>=x*, -]{0,12}") {
        parse_reference(&text);
        if let Ok(number) = Number::parse(&text) {
            prop_assert_eq!(number.to_string(), text);
        }
    }

    /// The number says as much as the contract demands, and no more.
    #[test]
    fn derived_numbers_are_one_step_above_the_highest_release(
        existing in prop::collection::vec(any_number(), 1..20), bump in any_bump(),
    ) {
        let releases: Vec<Number> = existing.into_iter().filter(Number::is_release).collect();
        let Some(highest) = releases.iter().max() else { return Ok(()) };
        let number = next(&releases, &Wanted::Auto, &change(bump), false).expect("never refused");
        prop_assert_eq!(&number, &highest.bumped(bump));
        prop_assert_eq!(step(highest, &number), bump);
        // Asked for as a number it is accepted as well, unless its line has gone further.
        prop_assert_eq!(next(&releases, &Wanted::Exact(number.clone()), &change(bump), false), Ok(number));
    }

    #[test]
    fn the_order_is_total_and_that_of_semver(a in any_number(), b in any_number(), c in any_number()) {
        let semver = |n: &Number| semver::Version::parse(&n.to_string()).expect("valid");
        prop_assert_eq!(a.cmp(&b), semver(&a).cmp(&semver(&b)));
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert!(!(a <= b && b <= c) || a <= c);
        prop_assert_eq!(a == b, a.to_string() == b.to_string());
    }
}
