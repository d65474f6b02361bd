use proptest::prelude::*;

use super::*;

const PEOPLE: [&str; 8] = [
    "approver ada",
    "approver rob",
    "approver ben",
    "approver operator cid",
    "approver dan",
    "operator pia",
    "olga",
    "editor eve",
];

fn any_policy() -> impl Strategy<Value = Policy> {
    let stage = |name: &'static str| {
        (prop::sample::select(vec!["approver", "operator", "approver operator", ""]), 1_u32..3, any::<bool>())
            .prop_map(move |(roles, approvals, named)| {
                stage(name, roles, if named { &["olga", "ada"] } else { &[] }, approvals)
            })
    };
    (stage("a"), stage("b"), stage("c"), 0_usize..=3, any::<bool>()).prop_map(
        |(a, b, c, stages, allow_author)| Policy {
            stages: [a, b, c].into_iter().take(stages).collect(),
            allow_author,
            ..Policy::default()
        },
    )
}

fn any_decisions() -> impl Strategy<Value = Vec<(usize, usize, bool)>> {
    prop::collection::vec((0..PEOPLE.len(), 0_usize..10, any::<bool>()), 0..20)
}

/// What came out of everybody trying everything in this order, decided under `policy`.
fn tried(policy: &Policy, tries: &[(usize, usize, bool)]) -> Approval {
    let mut approval = request(build("b"));
    for (who, action, _) in tries {
        let action = match action {
            0 => Action::RequestChanges,
            1 => Action::Comment,
            2 if *who == 0 => Action::Reject,
            _ => Action::Approve,
        };
        approval.decisions.extend(approval.decide(policy, &person(PEOPLE[*who]), action, "words", at(1)));
    }
    approval
}

proptest! {
    #[test]
    fn one_person_counts_once_and_never_for_their_own(
        policy in any_policy(), later in any_policy(), tries in any_decisions(), raw in any_decisions(),
    ) {
        let mut approval = tried(&policy, &tries);
        // Also where something is stored that nobody should have been able to decide.
        approval.decisions.extend(raw.into_iter().map(|(who, stage, again)| {
            let Person { user, roles } = person(PEOPLE[who]);
            let kind = DecisionKind::Approve { stage: ["a", "b", "c"][if again { 0 } else { stage % 3 }].to_owned() };
            Decision { at: at(1), by: Some(user), roles, kind, comment: String::new() }
        }));
        let evaluation = approval.evaluate(&later, at(2));
        let counted: Vec<UserId> = evaluation.stages.iter().flat_map(|stage| stage.by.clone()).collect();
        let mut once = counted.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), counted.len());
        prop_assert!(later.allow_author || !counted.iter().any(|user| ["ada", "rob"].contains(&user.as_str())));
        let enough = evaluation.stages.iter().all(|stage| stage.by.len() >= stage.needed as usize);
        prop_assert!(evaluation.state != ApprovalState::Approved || enough);
        for stage in &evaluation.stages {
            for user in &stage.by {
                let who = PEOPLE.iter().map(|words| person(words)).find(|person| person.user == *user).expect("known");
                prop_assert!(later.stage(&stage.name).expect("of the policy").takes(&who.user, who.roles));
            }
        }
    }

    #[test]
    fn comments_change_nothing(
        policy in any_policy(), tries in any_decisions(), places in prop::collection::vec(any::<prop::sample::Index>(), 1..8),
    ) {
        let approval = tried(&policy, &tries);
        let mut talked = approval.clone();
        talked.decisions.retain(|decision| decision.kind != DecisionKind::Comment);
        for place in places {
            let comment = Decision {
                at: at(1), by: Some("eve".into()), roles: Roles::NONE, kind: DecisionKind::Comment, comment: "hm".into(),
            };
            talked.decisions.insert(place.index(talked.decisions.len() + 1), comment);
        }
        prop_assert_eq!(talked.evaluate(&policy, at(2)), approval.evaluate(&policy, at(2)));
    }

    /// One more approval, allowed or not, of whatever stage, never takes anything away.
    #[test]
    fn an_approval_takes_nothing_away(
        policy in any_policy(), tries in any_decisions(), who in 0..PEOPLE.len(), name in "[abc]",
    ) {
        let approval = tried(&policy, &tries);
        let mut more = approval.clone();
        let Person { user, roles } = person(PEOPLE[who]);
        let kind = DecisionKind::Approve { stage: name };
        more.decisions.push(Decision { at: at(1), by: Some(user), roles, kind, comment: String::new() });
        let (before, after) = (approval.evaluate(&policy, at(2)), more.evaluate(&policy, at(2)));
        for (one, other) in before.stages.iter().zip(&after.stages) {
            prop_assert!(other.missing() <= one.missing());
        }
        prop_assert!(before.state != ApprovalState::Approved || after.state == ApprovalState::Approved);
        prop_assert!(after.wants_changes.len() <= before.wants_changes.len());
    }

    /// Tightening never turns a no into a yes, and loosening is told of whatever does.
    #[test]
    fn what_turns_a_no_into_a_yes_is_a_loosening(policy in any_policy(), other in any_policy(), tries in any_decisions()) {
        let approval = tried(&policy, &tries);
        let is_approved = |policy: &Policy| approval.evaluate(policy, at(2)).is_valid();
        if !is_approved(&policy) && is_approved(&other) {
            prop_assert!(!is_loosening(&policy, &other).is_empty(), "{:?} {:?}", policy, other);
        }
    }

    /// As long as nobody objects, somebody can go on wherever there are people left.
    #[test]
    fn the_inbox_shows_who_can_go_on(policy in any_policy(), tries in any_decisions()) {
        let approval = tried(&policy, &tries);
        for words in PEOPLE {
            let person = person(words);
            if !approval.waits_for(&policy, &person, at(2)) {
                continue;
            }
            let before = approval.evaluate(&policy, at(2));
            let decision = approval.decide(&policy, &person, Action::Approve, "", at(2)).expect("it waits for them");
            let mut after = approval.clone();
            after.decisions.push(decision);
            let after = after.evaluate(&policy, at(2));
            let missing = |found: &Evaluation| found.stages.iter().map(StageProgress::missing).sum::<u32>();
            let lifted = before.wants_changes.contains(&person.user) && !after.wants_changes.contains(&person.user);
            prop_assert!(missing(&after) + 1 == missing(&before) || lifted, "an approval that changes nothing");
        }
    }
}
