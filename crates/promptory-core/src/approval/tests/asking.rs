//! Changes of what is asked for: policies and freezes.

use super::{
    authorizing::{approved, ask, check, frozen, kind},
    *,
};

#[test]
fn loosening_needs_the_approval_of_the_policy_in_force() {
    let policy = |new: Policy| ServingChange::Policy { environment: "production".into(), new };
    let nothing = Evidence::default();
    check(nothing, policy(two_stages()), "tightening");
    check(nothing, policy(Policy { emergency: false, ..two_stages() }), "tightening");
    check(nothing, policy(Policy::default()), "approval");
    check(Evidence { host: true, ..nothing }, policy(Policy::default()), "host_reset");
    let of = |old: &Policy, new: &Policy| {
        decided(request(Subject::policy("production", old, new)), &two_stages(), &FULL)
    };
    let agreed = of(&two_stages(), &Policy::default());
    check(Evidence { approval: Some(&agreed), ..nothing }, policy(Policy::default()), "approved");
    // Another change, from another policy, or for another build was not what they agreed to.
    let wider = Policy { allow_author: true, ..two_stages() };
    check(Evidence { approval: Some(&agreed), ..nothing }, policy(wider.clone()), "approval");
    let from_wider = of(&wider, &Policy::default());
    check(Evidence { approval: Some(&from_wider), ..nothing }, policy(Policy::default()), "approval");
    check(Evidence { approval: Some(&approved()), ..nothing }, policy(Policy::default()), "approval");
    check(nothing, ServingChange::DeleteEnvironment { environment: "production".into() }, "approval");
    let free = ask(&Policy::default(), None, nothing, policy(wider));
    assert_eq!(kind(&free), "no_stages", "turning approval on");
}

#[test]
fn ending_a_freeze_is_loosening_and_beginning_one_is_not() {
    let freeze = |until: Option<i64>| ServingChange::Freeze {
        environment: "production".into(),
        freeze: Freeze { since: at(2), until: until.map(at), reason: "more".into() },
    };
    let unfreeze = || ServingChange::Unfreeze { environment: "production".into() };
    let asked = |present: Option<&Freeze>, change: ServingChange, expected: &str| {
        assert_eq!(kind(&ask(&two_stages(), present, Evidence::default(), change)), expected, "{present:?}");
    };
    let (present, over) = (frozen(), Freeze { until: Some(at(1)), ..frozen() });
    let for_ever = Freeze { until: None, ..frozen() };
    asked(None, freeze(Some(3)), "tightening");
    asked(Some(&present), freeze(Some(5)), "tightening");
    asked(Some(&present), freeze(None), "tightening");
    asked(Some(&present), freeze(Some(4)), "approval");
    asked(Some(&for_ever), freeze(Some(400)), "approval");
    asked(Some(&over), freeze(Some(3)), "tightening");
    asked(Some(&present), unfreeze(), "approval");
    asked(Some(&over), unfreeze(), "not_serving");
    let subject = freeze(Some(4)).subject(&two_stages(), Some(&present)).expect("it can be approved");
    let agreed = decided(request(subject), &two_stages(), &FULL);
    let evidence = Evidence { approval: Some(&agreed), ..Evidence::default() };
    assert_eq!(kind(&ask(&two_stages(), Some(&present), evidence, freeze(Some(4)))), "approved");
    assert_eq!(
        kind(&ask(&two_stages(), Some(&present), evidence, unfreeze())),
        "approval",
        "a shorter one was agreed to"
    );
}

#[test]
fn an_emergency_freezes_for_an_hour_and_shortens_nothing() {
    let after = |present: Option<&Freeze>| Freeze::after_emergency(at(2), present, "emergency").until;
    assert_eq!(after(None), Some(at(3)));
    assert_eq!(after(Some(&frozen())), Some(at(5)));
    assert_eq!(after(Some(&Freeze { until: None, ..frozen() })), None);
    assert_eq!(after(Some(&Freeze { until: Some(at(1)), ..frozen() })), Some(at(3)));
}

#[test]
fn subjects_are_read_as_written() {
    let (prompt, environment) = (|| "p".into(), || "production".to_owned());
    let unfreeze = |until| Subject::Unfreeze { environment: environment(), since: at(1), until };
    for subject in [
        build("b"),
        Subject::Archive { prompt: prompt(), environment: environment() },
        Subject::policy("production", &two_stages(), &Policy::default()),
        unfreeze(None),
        unfreeze(Some(at(2))),
        Subject::DeleteEnvironment { environment: environment() },
        Subject::release("production", vec![("q".into(), "c".to_owned()), ("p".into(), "b".to_owned())]),
    ] {
        let prompt = subject.prompt().map(|id| id.as_str());
        let read = Subject::from_stored(subject.kind(), prompt, subject.environment(), &subject.detail());
        assert_eq!(read.as_ref(), Some(&subject));
    }
    assert_eq!(Subject::from_stored("build", None, "production", "b"), None);
    assert_eq!(Subject::from_stored("unfreeze", None, "production", "1 x"), None);
    assert_eq!(Subject::from_stored("release", None, "production", ""), None);
    assert_eq!(Subject::from_stored("release", None, "production", "p b\nq"), None);
    assert_eq!(Subject::from_stored("wish", None, "production", ""), None);
}
