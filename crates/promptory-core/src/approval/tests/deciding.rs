use Action::{Approve, Comment, Reject, RequestChanges, Withdraw};

use super::*;
use crate::limits::COMMENTS_PER_APPROVAL;

fn state(approval: &Approval, policy: &Policy) -> ApprovalState {
    approval.evaluate(policy, at(2)).state
}

/// What is still missing of each stage.
fn missing(approval: &Approval, policy: &Policy) -> Vec<u32> {
    approval.evaluate(policy, at(2)).stages.iter().map(StageProgress::missing).collect()
}

#[test]
fn stages_follow_each_other() {
    let policy = two_stages();
    let check = |acts: usize, open: Option<usize>, left: [u32; 2], expected: ApprovalState| {
        let approval = decided(request(build("b")), &policy, &FULL[..acts]);
        let evaluation = approval.evaluate(&policy, at(2));
        assert_eq!((evaluation.open, evaluation.state), (open, expected));
        assert_eq!(missing(&approval, &policy), left);
        assert_eq!(evaluation.is_valid(), expected == ApprovalState::Approved);
    };
    check(0, Some(0), [2, 1], ApprovalState::Pending);
    check(1, Some(0), [1, 1], ApprovalState::Pending);
    check(2, Some(1), [0, 1], ApprovalState::Pending);
    check(3, None, [0, 0], ApprovalState::Approved);
}

#[test]
fn who_may_decide_now() {
    let policy = two_stages();
    let check = |acts: usize, who: &str, action: Action, expected: Result<&str, &str>| {
        let approval = decided(request(build("b")), &policy, &FULL[..acts]);
        let found = approval.decide(&policy, &person(who), action, "words", at(2));
        match (expected, &found) {
            (Ok(stage), Ok(decision)) if action == Approve => {
                assert_eq!(decision.kind, DecisionKind::Approve { stage: stage.into() });
                assert_eq!((decision.roles, decision.at), (person(who).roles, at(2)));
            }
            (Ok(word), Ok(decision)) => assert_eq!(decision.kind.as_str(), word),
            (Err(words), Err(why)) => assert!(why.to_string().contains(words), "{who} {action:?}: {why}"),
            _ => panic!("{who} {action:?} after {acts}: {found:?}"),
        }
        assert_eq!(approval.waits_for(&policy, &person(who), at(2)), action == Approve && found.is_ok());
    };
    check(0, "approver ben", Approve, Ok("review"));
    check(0, "approver ada", Approve, Err("you wrote"));
    check(0, "approver rob", Approve, Err("you asked"));
    check(0, "editor eve", Approve, Err("takes approver"));
    check(0, "olga", Approve, Err("\"review\" takes approver"));
    // An administrator is no approver of itself.
    check(0, "admin max", Approve, Err("takes approver"));
    check(1, "approver ben", Approve, Err("one person counts once"));
    check(2, "approver operator ben", Approve, Err("one person counts once"));
    check(2, "approver dan", Approve, Err("takes operator, olga"));
    check(2, "olga", Approve, Ok("release"));
    check(2, "operator pia", Approve, Ok("release"));
    check(3, "operator pia", Approve, Err("approved; nothing more"));
}

#[test]
fn who_may_object_comment_and_withdraw() {
    let policy = two_stages();
    let fails = |acts: usize, who: &str, action: Action, expected: Option<&str>| {
        let approval = decided(request(build("b")), &policy, &FULL[..acts]);
        let found =
            approval.decide(&policy, &person(who), action, "words", at(2)).map_err(|why| why.to_string());
        match expected {
            None => assert!(found.is_ok(), "{who} {action:?}: {found:?}"),
            Some(words) => assert!(found.is_err_and(|why| why.contains(words)), "{who} {action:?}"),
        }
    };
    // The last stage may say no before it is its turn; who said yes may say no.
    fails(0, "olga", Reject, None);
    fails(1, "approver ben", RequestChanges, None);
    fails(0, "editor eve", Reject, Some("takes approver, operator, olga"));
    fails(0, "approver ada", RequestChanges, Some("you wrote"));
    fails(3, "olga", Reject, Some("approved; nothing more"));
    fails(3, "editor eve", Comment, None);
    fails(0, "rob", Withdraw, None);
    fails(3, "admin max", Withdraw, None);
    fails(0, "approver ben", Withdraw, Some("only who asked"));
    let approval = request(build("b"));
    let wordless = approval.decide(&policy, &person("eve"), Comment, " \n", at(2));
    assert_eq!(wordless, Err(CannotDecide::NoWords));
    // Talk has an end, decisions have none.
    let mut long = request(build("b"));
    while long.decisions.len() < COMMENTS_PER_APPROVAL {
        long.decisions.push(long.decide(&policy, &person("eve"), Comment, "and", at(2)).expect("a comment"));
    }
    assert_eq!(long.decide(&policy, &person("eve"), Comment, "so on", at(2)), Err(CannotDecide::TooMuchSaid));
    assert!(long.decide(&policy, &person("approver ben"), Approve, "", at(2)).is_ok());
    for (acts, action) in [(["rob"; 1], Withdraw), (["olga"; 1], Reject)] {
        let over = decided(request(build("b")), &policy, &[(acts[0], action)]);
        let again = over.decide(&policy, &person("approver ben"), Approve, "", at(2));
        assert!(matches!(again, Err(CannotDecide::Over(_))), "{again:?}");
    }
}

/// Whatever is stored: two servers that decided at once, a row from elsewhere.
#[test]
fn what_is_stored_twice_counts_once() {
    let policy = two_stages();
    let mut approval = decided(request(build("b")), &policy, &FULL[..1]);
    let again = approval.decisions[0].clone();
    let of = |stage: &str| DecisionKind::Approve { stage: stage.into() };
    approval.decisions.push(again.clone());
    approval.decisions.push(Decision {
        roles: Roles::from_stored("approver operator"),
        kind: of("release"),
        ..again.clone()
    });
    approval.decisions.push(Decision { by: Some("ada".into()), ..again.clone() });
    approval.decisions.push(Decision { by: Some("eve".into()), roles: Roles::NONE, ..again.clone() });
    approval.decisions.push(Decision { by: Some("cid".into()), kind: of("no such stage"), ..again.clone() });
    approval.decisions.push(Decision { by: None, ..again });
    assert_eq!(missing(&approval, &policy), [1, 1]);
}

#[test]
fn authors_count_where_the_policy_says_so() {
    let policy = Policy { allow_author: true, ..two_stages() };
    let approval = decided(
        request(build("b")),
        &policy,
        &[("approver ada", Approve), ("approver rob", Approve), ("olga", Approve)],
    );
    assert_eq!(state(&approval, &policy), ApprovalState::Approved);
    // Once it says so no longer, nothing that they said counts.
    assert_eq!(missing(&approval, &two_stages()), [2, 0]);
    assert_eq!(state(&approval, &two_stages()), ApprovalState::Pending);
}

#[test]
fn a_request_for_changes_stands_until_who_made_it_approves() {
    let policy = two_stages();
    let approval = decided(
        request(build("b")),
        &policy,
        &[
            ("approver ben", Approve),
            ("approver ben", RequestChanges),
            ("approver cid", Approve),
            ("approver dan", Approve),
        ],
    );
    assert_eq!(state(&approval, &policy), ApprovalState::ChangesRequested);
    assert_eq!(missing(&approval, &policy), [0, 1], "what he approved before counts no more");
    let approval = decided(approval, &policy, &[("olga", Approve)]);
    assert_eq!(state(&approval, &policy), ApprovalState::ChangesRequested);
    // His stage misses nobody, and still he has to lift it.
    let lifted = decided(approval.clone(), &policy, &[("approver ben", Approve)]);
    assert_eq!(state(&lifted, &policy), ApprovalState::Approved);
    // Narrowing the policy does not silence him.
    let named = Policy { stages: vec![stage("review", "", &["cid", "dan"], 2)], ..Policy::default() };
    assert_eq!(
        (missing(&approval, &named), state(&approval, &named)),
        (vec![0], ApprovalState::ChangesRequested)
    );
}

#[test]
fn the_policy_in_force_counts() {
    let full = decided(request(build("b")), &two_stages(), &FULL);
    let with = |change: &dyn Fn(&mut Policy)| {
        let mut policy = two_stages();
        change(&mut policy);
        (state(&full, &policy), missing(&full, &policy))
    };
    let pending = |left: &[u32]| (ApprovalState::Pending, left.to_vec());
    // Stages of the same name keep what was decided; new and renamed ones are open.
    assert_eq!(with(&|p| p.stages.push(stage("law", "admin", &[], 1))), pending(&[0, 0, 1]));
    assert_eq!(with(&|p| p.stages[0].name = "look".into()), pending(&[2, 0]));
    assert_eq!(with(&|p| p.stages[0].approvals = 3), pending(&[1, 0]));
    assert_eq!(with(&|p| p.stages[0].roles = Roles::ADMIN), pending(&[2, 0]));
    assert_eq!(with(&|p| p.stages.truncate(1)), (ApprovalState::Approved, vec![0]));
    assert_eq!(with(&|p| p.stages.clear()), (ApprovalState::Approved, vec![]));
    assert_eq!(with(&|p| p.expires_after_s = 3600).0, ApprovalState::Expired);
}

#[test]
fn it_ends_by_itself() {
    let policy = two_stages();
    let pending = request(build("b"));
    let last = at(14 * 24);
    assert_eq!(pending.expire(&policy, last.plus_micros(-1)), None);
    assert_eq!(pending.evaluate(&policy, last).state, ApprovalState::Expired);
    let decision = pending.expire(&policy, last).expect("it is time");
    assert_eq!((decision.by.clone(), decision.kind.clone()), (None, DecisionKind::Expire));
    let over = Approval { decisions: vec![decision], ..pending };
    assert_eq!(over.expire(&policy, last), None);
    // For good, also when more time is given.
    assert_eq!(
        over.evaluate(&Policy { expires_after_s: 90 * 86_400, ..policy.clone() }, at(1)).state,
        ApprovalState::Expired
    );
    let full = decided(request(build("b")), &policy, &FULL);
    assert!(
        full.evaluate(&policy, last.plus_micros(-1)).is_valid() && !full.evaluate(&policy, last).is_valid()
    );
    let spent = Approval { spent_at: Some(at(3)), ..full };
    let evaluation = spent.evaluate(&policy, last);
    assert_eq!((evaluation.state, evaluation.is_valid()), (ApprovalState::Approved, false));
    assert_eq!(spent.decide(&policy, &person("rob"), Withdraw, "", at(4)), Err(CannotDecide::Spent));
}

#[test]
fn kinds_of_decisions_are_read_as_written() {
    use DecisionKind as Kind;
    for kind in [
        Kind::Approve { stage: "review".into() },
        Kind::Reject,
        Kind::RequestChanges,
        Kind::Comment,
        Kind::Withdraw,
        Kind::Expire,
    ] {
        assert_eq!(Kind::from_stored(kind.as_str(), "review"), Some(kind));
    }
    assert_eq!(Kind::from_stored("bless", ""), None);
}
