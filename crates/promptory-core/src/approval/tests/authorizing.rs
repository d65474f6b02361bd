//! The section *Approval* of the specification, line by line.

use super::*;
use crate::bucketing::Share;

fn target(hash: &str) -> Target {
    Target {
        prompt: "p".into(),
        environment: "production".into(),
        version: "v".into(),
        build_hash: hash.into(),
    }
}

pub(super) fn serve(way: Way) -> ServingChange {
    ServingChange::Serve { target: target("b"), way }
}

pub(super) fn approved() -> Approval {
    decided(request(build("b")), &two_stages(), &FULL)
}

fn served(basis: Basis) -> Served {
    Served { build: build("b"), basis, reviewed: false }
}

fn emergency() -> Emergency {
    Emergency { by: Some("max".into()), has_right: true, reason: "it insults customers".into() }
}

pub(super) fn frozen() -> Freeze {
    Freeze { since: at(0), until: Some(at(5)), reason: "holidays".into() }
}

pub(super) fn ask(
    policy: &Policy,
    freeze: Option<&Freeze>,
    evidence: Evidence<'_>,
    change: ServingChange,
) -> Result<Basis, Missing> {
    let rules = Rules { environment: "production", policy, freeze };
    authorize(rules, evidence, change, at(2)).map(|authorized| authorized.basis())
}

pub(super) fn kind(found: &Result<Basis, Missing>) -> &'static str {
    match found {
        Ok(basis) => basis.as_str(),
        Err(Missing::Approval(_)) => "approval",
        Err(Missing::Stale { .. }) => "stale",
        Err(Missing::Frozen(_)) => "frozen",
        Err(Missing::FixForward) => "fix_forward",
        Err(Missing::Emergency(_)) => "emergency refused",
        Err(Missing::OtherEnvironment(_)) => "other environment",
        Err(Missing::NotByItself) => "not by itself",
    }
}

/// Under two stages and nothing else.
pub(super) fn check(evidence: Evidence<'_>, change: ServingChange, expected: &str) {
    let found = ask(&two_stages(), None, evidence, change.clone());
    assert_eq!(kind(&found), expected, "{change:?}: {found:?}");
}

#[test]
fn every_door_to_something_new_needs_approval() {
    for way in Way::ALL {
        let nothing = Evidence::default();
        check(nothing, serve(way), "approval");
        check(Evidence { approval: Some(&approved()), ..nothing }, serve(way), "approved");
        assert_eq!(kind(&ask(&Policy::default(), None, nothing, serve(way))), "no_stages", "{way:?}");
        check(Evidence { host: true, ..nothing }, serve(way), "approval");
    }
    let archive = || ServingChange::Archive { prompt: "p".into(), environment: "production".into() };
    check(Evidence::default(), archive(), "approval");
    check(Evidence { approval: Some(&approved()), ..Evidence::default() }, archive(), "approval");
    let subject = archive().subject(&two_stages(), None).expect("it can be approved");
    let agreed = decided(request(subject), &two_stages(), &FULL);
    check(Evidence { approval: Some(&agreed), ..Evidence::default() }, archive(), "approved");
}

#[test]
fn an_approval_is_for_one_build_of_one_prompt_in_one_environment() {
    let asked = |approval: &Approval, expected: &str| {
        check(Evidence { approval: Some(approval), ..Evidence::default() }, serve(Way::Activate), expected);
    };
    let of = |subject: Subject| decided(request(subject), &two_stages(), &FULL);
    asked(&approved(), "approved");
    asked(&of(build("another")), "stale");
    // The same bytes as another prompt, or elsewhere.
    let elsewhere = |prompt: &str, environment: &str| Subject::Build {
        prompt: prompt.into(),
        environment: environment.into(),
        build_hash: "b".into(),
    };
    asked(&of(elsewhere("q", "production")), "approval");
    asked(&of(elsewhere("p", "staging")), "approval");
    asked(&of(Subject::DeleteEnvironment { environment: "production".into() }), "approval");
    asked(&decided(request(build("b")), &two_stages(), &FULL[..2]), "approval");
    asked(&Approval { opened_at: at(-14 * 24), ..approved() }, "approval");
    // Completed once: it allows nothing new, though the build counts as served.
    let spent = Approval { spent_at: Some(at(1)), ..approved() };
    asked(&spent, "approval");
    let before = served(Basis::Approved);
    let both = Evidence { approval: Some(&spent), served: Some(&before), ..Evidence::default() };
    check(both, serve(Way::Activate), "served_before");
    let stricter = Policy { stages: vec![stage("law", "admin", &[], 1)], ..Policy::default() };
    let evidence = Evidence { approval: Some(&approved()), ..Evidence::default() };
    assert_eq!(
        kind(&ask(&stricter, None, evidence, serve(Way::Deploy))),
        "approval",
        "the policy in force counts"
    );
}

#[test]
fn an_approved_release_is_approved_for_nothing_but_that() {
    let of = |environment: &str, builds: &[(&str, &str)]| {
        let builds = builds.iter().map(|(prompt, build)| ((*prompt).into(), (*build).to_owned()));
        decided(request(Subject::release(environment, builds.collect())), &two_stages(), &FULL)
    };
    let asked = |approval: &Approval, way: Way, expected: &str| {
        check(Evidence { approval: Some(approval), ..Evidence::default() }, serve(way), expected);
    };
    let both = of("production", &[("q", "c"), ("p", "b")]);
    for way in Way::ALL {
        asked(&both, way, if way == Way::Release { "approved" } else { "approval" });
    }
    asked(&of("staging", &[("p", "b")]), Way::Release, "approval");
    asked(&of("production", &[("p", "another"), ("q", "b")]), Way::Release, "approval");
    asked(&Approval { decisions: Vec::new(), ..both.clone() }, Way::Release, "approval");
    asked(&Approval { spent_at: Some(at(1)), ..both }, Way::Release, "approval");
}

#[test]
fn going_back_needs_none_where_the_build_was_approved_here() {
    let back = |policy: &Policy, served: Option<&Served>, expected: &str| {
        let evidence = Evidence { served, older: true, ..Evidence::default() };
        let found = ask(policy, None, evidence, serve(Way::Activate));
        assert_eq!(kind(&found), expected, "{served:?}");
    };
    for (basis, expected) in [
        (Basis::Approved, "served_before"),
        (Basis::ServedBefore, "served_before"),
        (Basis::NoStages, "served_before"),
        (Basis::Emergency, "approval"),
    ] {
        back(&two_stages(), Some(&served(basis)), expected);
    }
    back(&two_stages(), Some(&Served { reviewed: true, ..served(Basis::Emergency) }), "served_before");
    back(&two_stages(), None, "approval");
    back(&two_stages(), Some(&Served { build: build("another"), ..served(Basis::Approved) }), "approval");
    let asks = Policy { rollback_needs_approval: true, ..two_stages() };
    back(&asks, Some(&served(Basis::Approved)), "approval");
    let forward = Policy { rollback: Rollback::FixForward, ..two_stages() };
    back(&forward, Some(&served(Basis::Approved)), "fix_forward");
    back(&Policy { rollback: Rollback::FixForward, ..Policy::default() }, None, "fix_forward");
    // Taking a restored prompt out of the archive is no way back.
    let evidence = Evidence { served: Some(&served(Basis::Approved)), older: true, ..Evidence::default() };
    assert_eq!(kind(&ask(&forward, Some(&frozen()), evidence, serve(Way::Restore))), "served_before");
}

#[test]
fn a_freeze_stops_new_things_and_no_way_back() {
    let asked = |evidence: Evidence<'_>, freeze: &Freeze, [staged, unstaged]: [&str; 2]| {
        assert_eq!(kind(&ask(&two_stages(), Some(freeze), evidence, serve(Way::Deploy))), staged);
        assert_eq!(kind(&ask(&Policy::default(), Some(freeze), evidence, serve(Way::Deploy))), unstaged);
    };
    let (agreed, before, in_need) = (approved(), served(Basis::Approved), emergency());
    let new = Evidence { approval: Some(&agreed), ..Evidence::default() };
    asked(new, &frozen(), ["frozen", "frozen"]);
    asked(new, &Freeze { until: None, ..frozen() }, ["frozen", "frozen"]);
    asked(new, &Freeze { until: Some(at(2)), ..frozen() }, ["approved", "no_stages"]);
    let forward = Evidence { served: Some(&before), ..new };
    asked(forward, &frozen(), ["frozen", "frozen"]);
    asked(Evidence { older: true, ..forward }, &frozen(), ["served_before", "no_stages"]);
    asked(Evidence { older: true, ..new }, &frozen(), ["frozen", "frozen"]);
    asked(Evidence { emergency: Some(&in_need), ..new }, &frozen(), ["emergency", "emergency"]);
    let archive = ServingChange::Archive { prompt: "p".into(), environment: "production".into() };
    assert_eq!(kind(&ask(&Policy::default(), Some(&frozen()), Evidence::default(), archive)), "frozen");
    // What is not approved waits for that first, and then for the freeze.
    assert_eq!(
        kind(&ask(&two_stages(), Some(&frozen()), Evidence::default(), serve(Way::Deploy))),
        "approval"
    );
}

#[test]
fn an_emergency_needs_the_right_a_reason_and_a_policy_that_knows_it() {
    let asked = |policy: &Policy, emergency: &Emergency, change: ServingChange, expected: &str| {
        let evidence = Evidence { emergency: Some(emergency), older: true, ..Evidence::default() };
        assert_eq!(kind(&ask(policy, None, evidence, change)), expected, "{emergency:?}");
    };
    let refused = "emergency refused";
    asked(&two_stages(), &emergency(), serve(Way::Activate), "emergency");
    asked(
        &Policy { rollback: Rollback::FixForward, ..two_stages() },
        &emergency(),
        serve(Way::Activate),
        "emergency",
    );
    asked(&Policy { emergency: false, ..two_stages() }, &emergency(), serve(Way::Activate), refused);
    asked(&two_stages(), &Emergency { has_right: false, ..emergency() }, serve(Way::Activate), refused);
    asked(&two_stages(), &Emergency { reason: " \t".into(), ..emergency() }, serve(Way::Activate), refused);
    // Nothing but what is served.
    let new = Policy::default();
    asked(
        &two_stages(),
        &emergency(),
        ServingChange::Policy { environment: "production".into(), new },
        refused,
    );
    asked(
        &two_stages(),
        &emergency(),
        ServingChange::DeleteEnvironment { environment: "production".into() },
        refused,
    );
    // Where nothing is missing it is none, and nobody has to review it.
    asked(&Policy::default(), &emergency(), serve(Way::Activate), "no_stages");
    assert_eq!(Emergency::review_by(at(0)), at(24));
}

#[test]
fn shares_may_fall_and_only_the_live_build_gets_them() {
    let weights = |after: &[(&str, u8)]| {
        let shares = |weights: &[(&str, u8)]| {
            weights.iter().map(|(hash, percent)| ((*hash).to_owned(), Share::percent(*percent))).collect()
        };
        ServingChange::Reweight(Weights {
            prompt: "p".into(),
            environment: "production".into(),
            live: "live".into(),
            before: shares(&[("live", 50), ("b", 30), ("c", 20)]),
            after: shares(after),
        })
    };
    let nothing = Evidence::default();
    check(nothing, weights(&[("live", 100)]), "less");
    check(nothing, weights(&[("live", 70), ("b", 30)]), "less");
    check(nothing, weights(&[("live", 50), ("b", 50)]), "not by itself");
    check(nothing, weights(&[("live", 40), ("b", 30), ("b", 30)]), "not by itself");
    check(nothing, weights(&[("live", 99), ("d", 1)]), "not by itself");
}

#[test]
fn what_serves_nothing_needs_nothing() {
    let nothing = Evidence::default();
    check(
        nothing,
        ServingChange::Label { prompt: "p".into(), name: "stable".into(), version: None },
        "not_serving",
    );
    check(nothing, ServingChange::Name { prompt: "p".into() }, "not_serving");
    check(nothing, ServingChange::Delete { prompt: "p".into(), version: None }, "not_serving");
    check(nothing, ServingChange::ArchiveUnserved { prompt: "p".into(), version: None }, "not_serving");
    // And so a label leads nowhere new where there are stages.
    for (policy, live, rolling, expected) in [
        (two_stages(), false, false, false),
        (two_stages(), true, false, true),
        (two_stages(), false, true, true),
        (Policy::default(), false, false, true),
    ] {
        assert_eq!(policy.resolves(live, rolling), expected);
    }
}

#[test]
fn the_rules_of_another_environment_decide_nothing() {
    let policy = Policy::default();
    let rules = Rules { environment: "development", policy: &policy, freeze: None };
    let found = authorize(rules, Evidence::default(), serve(Way::Activate), at(2));
    assert_eq!(found.err(), Some(Missing::OtherEnvironment("development".into())));
}

#[test]
fn what_was_authorized_is_what_was_asked_for() {
    let policy = two_stages();
    let rules = Rules { environment: "production", policy: &policy, freeze: None };
    let evidence = Evidence { approval: Some(&approved()), ..Evidence::default() };
    let authorized = authorize(rules, evidence, serve(Way::Patch), at(2)).expect("approved");
    assert_eq!((authorized.basis(), authorized.change()), (Basis::Approved, &serve(Way::Patch)));
    assert_eq!(authorized.into_change(), serve(Way::Patch));
    for basis in Basis::ALL {
        assert_eq!(Basis::from_stored(basis.as_str()), Some(basis));
    }
    let missing =
        authorize(rules, Evidence::default(), serve(Way::Patch), at(2)).expect_err("nobody was asked");
    assert_eq!(missing.to_string(), "this needs approval, and nobody was asked");
    let freeze = Missing::Frozen(frozen()).to_string();
    assert!(
        freeze.starts_with("the environment is frozen until 20") && freeze.ends_with(": holidays"),
        "{freeze}"
    );
}
