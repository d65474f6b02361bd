use super::*;
use crate::approval::{Loosening::*, is_loosening};

#[test]
fn what_is_wrong_with_a_policy_says_where() {
    let check = |stages: Vec<Stage>, pointer: &str, words: &str| {
        let found = Policy { stages, ..Policy::default() }.check();
        let is_there = found.iter().any(|v| v.pointer == pointer && v.detail.contains(words));
        assert!(is_there, "{pointer} {words}: {found:?}");
    };
    let fine = || stage("review", "approver", &[], 1);
    let named = |name: &str| Stage { name: name.into(), ..fine() };
    check(vec![named("")], "/policy/stages/0/name", "1 to 64");
    check(vec![named(" a")], "/policy/stages/0/name", "space");
    check(vec![named("a\nb")], "/policy/stages/0/name", "1 to 64");
    check(vec![fine(), named("Review")], "/policy/stages/1/name", "name of its own");
    check(vec![Stage { approvals: 0, ..fine() }], "/policy/stages/0/approvals", "1 to 20");
    check(vec![Stage { approvals: 21, ..fine() }], "/policy/stages/0/approvals", "1 to 20");
    check(vec![stage("a", "", &[], 1)], "/policy/stages/0", "Nobody");
    check(vec![stage("a", "", &["x", "x"], 1)], "/policy/stages/0/users/1", "twice");
    check((0..11).map(|n| named(&n.to_string())).collect(), "/policy/stages", "at most 10");
    // Three approvals by two people; and each of two stages has only Xenia.
    check(vec![stage("a", "", &["x", "y"], 3)], "/policy/stages", "too few");
    check(vec![stage("a", "", &["x"], 1), stage("b", "", &["x"], 1)], "/policy/stages", "too few");
    let short = Policy { expires_after_s: 60, ..Policy::default() };
    assert_eq!(short.check()[0].pointer, "/policy/expires_after_s");
    for fine in [
        vec![],
        two_stages().stages,
        // Xenia has to leave the first stage to Yuri.
        vec![stage("a", "", &["x", "y"], 1), stage("b", "", &["x"], 1)],
        vec![stage("a", "", &["x", "y", "z"], 1), stage("b", "", &["x", "y"], 1), stage("c", "", &["x"], 1)],
    ] {
        assert_eq!(Policy { stages: fine, ..Policy::default() }.check(), []);
    }
}

#[test]
fn policies_are_read_as_written() {
    let policy = Policy { rollback: Rollback::FixForward, emergency: false, ..two_stages() };
    let text = serde_json::to_string(&policy).expect("JSON");
    assert!(text.contains(r#""roles":["operator"],"users":["olga"]"#), "{text}");
    assert!(text.contains(r#""rollback":"fix_forward""#));
    assert_eq!(serde_json::from_str::<Policy>(&text).expect("as written"), policy);
    assert_eq!(serde_json::from_str::<Policy>("{}").expect("all may be left out"), Policy::default());
    // A role that this program does not know lets nobody approve.
    let newer = serde_json::from_str::<Stage>(r#"{"name": "a", "roles": ["emperor"], "approvals": 1}"#)
        .expect("a stage");
    assert!(!newer.takes(&"x".into(), Roles::from_stored("viewer editor approver operator admin")));
    assert!(Rollback::parse("never").is_err_and(|why| why.contains("fix_forward")));
    assert_eq!(Rollback::parse(Rollback::Allowed.as_str()), Ok(Rollback::Allowed));
}

/// One field at a time, there (which asks for less) and back (which does not).
#[test]
fn every_weakening_is_a_loosening() {
    let strict = || Policy {
        rollback: Rollback::FixForward,
        rollback_needs_approval: true,
        emergency: false,
        ..two_stages()
    };
    let check = |change: &dyn Fn(&mut Policy), expected: Loosening| {
        let mut weak = strict();
        change(&mut weak);
        assert_eq!(is_loosening(&strict(), &weak), std::slice::from_ref(&expected), "{expected}");
        let back = is_loosening(&weak, &strict());
        assert!(back.is_empty() || expected == StagesReordered, "{expected}, and back: {back:?}");
    };
    let review = || "review".to_owned();
    check(&|p| drop(p.stages.remove(0)), StageRemoved(review()));
    check(&|p| p.stages[0].approvals = 1, FewerApprovals { stage: review(), from: 2, to: 1 });
    check(
        &|p| p.stages[0].roles = Roles::from_stored("viewer approver"),
        MoreRoles { stage: review(), roles: vec!["viewer"] },
    );
    check(&|p| p.stages[0].users = users(&["eve"]), MoreUsers { stage: review(), users: vec!["eve".into()] });
    check(&|p| p.stages.swap(0, 1), StagesReordered);
    check(&|p| p.allow_author = true, AuthorAllowed);
    check(&|p| p.rollback = Rollback::Allowed, RollbackAllowed);
    check(&|p| p.rollback_needs_approval = false, RollbackWithoutApproval);
    check(&|p| p.emergency = true, EmergencyAllowed);
    let from_s = Policy::EXPIRES_AFTER_S;
    check(&|p| p.expires_after_s += 1, ValidLonger { from_s, to_s: from_s + 1 });
    check(&|p| p.auto_revert = true, AutoRevert);
}

#[test]
fn asking_for_more_makes_up_for_nothing() {
    let mut mixed = two_stages();
    mixed.stages.push(stage("law", "admin", &[], 5));
    assert_eq!(is_loosening(&two_stages(), &mixed), []);
    mixed.stages[0].approvals = 1;
    mixed.stages[0].name = "look".into();
    assert_eq!(is_loosening(&two_stages(), &mixed), [StageRemoved("review".into())]);
    assert_eq!(is_loosening(&two_stages(), &Policy::default()).len(), 2);
}
