use proptest::prelude::*;

use super::*;
use crate::{
    access::Roles,
    approval::{Policy, Rollback, Stage},
    rollout::{Asked, Command, Deployment, New, Outcome, PauseCause, Strategy as Steps, Unit, Watch},
    time::Timestamp,
};

fn at(hours: i64) -> Timestamp {
    Timestamp::from_micros(1_790_000_000_000_000).plus_seconds(hours * 3600)
}

/// Proven, and approved.
fn good(hash: &str, since: i64) -> Occupant {
    Occupant {
        version: hash.into(),
        build_hash: hash.into(),
        since: Some(at(since)),
        completed: true,
        executions: EVIDENCE_EXECUTIONS,
        seconds_live: EVIDENCE_SECONDS,
        taken_back: false,
        failed_gate: false,
        critical_alert: false,
        quarantined: false,
        archived: false,
        approved: true,
    }
}

fn staged() -> Policy {
    let review = Stage { name: "review".into(), roles: Roles::ADMIN, users: Vec::new(), approvals: 1 };
    Policy { stages: vec![review], ..Policy::default() }
}

fn hash(found: Option<&Occupant>) -> Option<&str> {
    found.map(|one| &*one.build_hash)
}

#[test]
fn previous_is_what_was_live_before_and_not_taken_back() {
    let past = [
        good("d", 4),
        Occupant { taken_back: true, ..good("c", 3) },
        Occupant { archived: true, ..good("b", 2) },
        Occupant { executions: 0, ..good("a", 1) },
    ];
    let check = |present: &str, stable: Option<&str>, expected: Option<&str>| {
        assert_eq!(
            hash(previous(&Situation { present, stable, past: &past })),
            expected,
            "{present} {stable:?}"
        );
    };
    check("d", None, Some("a"));
    check("a", None, Some("d"));
    // While a rollout runs or bakes it is the build beside the candidate.
    check("e", Some("d"), Some("d"));
    check("d", Some("a"), Some("a"));
    let alone = Situation { present: "d", stable: None, past: &past[..1] };
    assert_eq!(choose(&alone, &Policy::default(), Wanted::Previous, false), Err(Refused::NothingBefore));
}

#[test]
fn last_known_good_goes_by_evidence_and_then_by_time() {
    let check = |first: Occupant, second: Occupant, expected: Option<(&str, Proof)>| {
        let past = [good("now", 9), first, second];
        let situation = Situation { present: "now", stable: None, past: &past };
        let found = last_known_good(&situation).map(|(one, proof)| (&*one.build_hash, proof));
        assert_eq!(found, expected, "{past:?}");
    };
    let (b, a) = (|| good("b", 5), || good("a", 1));
    check(b(), a(), Some(("b", Proof::Executions)));
    let evidence = Some(("a", Proof::Executions));
    check(Occupant { executions: 99, ..b() }, a(), evidence);
    check(Occupant { seconds_live: 3599, ..b() }, a(), evidence);
    check(Occupant { failed_gate: true, ..b() }, a(), evidence);
    check(Occupant { critical_alert: true, ..b() }, a(), evidence);
    check(Occupant { taken_back: true, ..b() }, a(), evidence);
    check(Occupant { quarantined: true, ..b() }, a(), evidence);
    check(Occupant { archived: true, ..b() }, a(), evidence);
    // Nothing is proven: the most recent that was completed and not taken back.
    let weak = |one: Occupant| Occupant { executions: 3, ..one };
    check(weak(b()), weak(a()), Some(("b", Proof::None)));
    check(Occupant { completed: false, ..weak(b()) }, weak(a()), Some(("a", Proof::None)));
    check(Occupant { taken_back: true, ..weak(b()) }, weak(a()), Some(("a", Proof::None)));
    check(Occupant { taken_back: true, ..b() }, Occupant { archived: true, ..a() }, None);
    // A rollout runs: what is live beside the candidate is another build than the present one.
    let past = [good("now", 9), good("b", 5)];
    let running = Situation { present: "candidate", stable: Some("now"), past: &past };
    assert_eq!(hash(last_known_good(&running).map(|(one, _)| one)), Some("now"));
}

#[test]
fn what_speaks_against_a_target() {
    let check = |policy: &Policy, target: Occupant, stable: Option<&str>, expected: &[Refused]| {
        let situation = Situation { present: "now", stable, past: &[] };
        assert_eq!(problems(&situation, policy, &target, false), expected, "{target:?}");
        let chosen = choose(&situation, policy, Wanted::Exact(&target), false);
        assert_eq!(chosen.err(), expected.first().copied());
    };
    let (any, forward) = (Policy::default(), Policy { rollback: Rollback::FixForward, ..Policy::default() });
    check(&any, good("a", 1), None, &[]);
    check(&any, good("now", 1), None, &[Refused::Present]);
    check(&any, Occupant { archived: true, ..good("a", 1) }, None, &[Refused::Archived]);
    check(&any, Occupant { taken_back: true, ..good("a", 1) }, None, &[Refused::Quarantined]);
    check(&any, Occupant { quarantined: true, ..good("a", 1) }, None, &[Refused::Quarantined]);
    check(&forward, good("a", 1), None, &[Refused::FixForward]);
    let worst = Occupant { archived: true, taken_back: true, approved: false, ..good("a", 1) };
    let all = [Refused::Archived, Refused::Quarantined, Refused::FixForward];
    check(&Policy { rollback: Rollback::FixForward, ..staged() }, worst, None, &all);
    // The end of a rollout is no way back.
    check(&forward, good("a", 1), Some("a"), &[]);
    check(&forward, good("b", 1), Some("a"), &[Refused::FixForward]);
}

#[test]
fn who_is_asked_before_a_way_back() {
    let check = |policy: &Policy, target: Occupant, stable: Option<&str>, expected: bool| {
        let situation = Situation { present: "now", stable, past: &[] };
        let chosen =
            choose(&situation, policy, Wanted::Exact(&target), false).expect("nothing speaks against it");
        assert_eq!(chosen.needs_approval, expected, "{target:?}");
    };
    let asks = Policy { rollback_needs_approval: true, ..staged() };
    let unapproved = || Occupant { approved: false, since: None, ..good("a", 1) };
    check(&Policy::default(), unapproved(), None, false);
    check(&Policy { rollback_needs_approval: true, ..Policy::default() }, good("a", 1), None, false);
    check(&staged(), good("a", 1), None, false);
    check(&staged(), unapproved(), None, true);
    check(&asks, good("a", 1), None, true);
    check(&asks, good("b", 1), Some("a"), true);
    // The end of a rollout is no way back.
    check(&asks, unapproved(), Some("a"), false);
}

#[test]
fn who_knows_may_go_back_to_what_was_taken_back() {
    let bad = Occupant { taken_back: true, ..good("a", 1) };
    let situation = Situation { present: "now", stable: Some("b"), past: &[] };
    let chosen = choose(&situation, &Policy::default(), Wanted::Exact(&bad), true).expect("they know");
    assert_eq!((chosen.proof, chosen.ends_rollout), (Proof::None, true));
}

#[test]
fn a_build_stays_in_quarantine_until_somebody_knows() {
    let taken = |hash: &str, hours: i64, acknowledged: bool| TakenBack {
        build_hash: hash.into(),
        deployment: "d".into(),
        at: at(hours),
        reason: format!("reason {hours}"),
        acknowledged_at: acknowledged.then(|| at(hours + 1)),
    };
    let all = [
        taken("a", 1, true),
        taken("b", 2, false),
        taken("c", 3, true),
        taken("c", 5, false),
        taken("c", 4, true),
    ];
    let reason = |hash: &str| may_release(&all, hash, false).err().map(|held| held.reason);
    assert_eq!(reason("a"), None);
    assert_eq!(reason("b").as_deref(), Some("reason 2"));
    assert_eq!(reason("c").as_deref(), Some("reason 5"));
    assert_eq!(reason("never"), None);
    assert_eq!(may_release(&all, "c", true), Ok(()));
    let message = may_release(&all, "b", false).expect_err("it was taken back").to_string();
    assert!(message.contains("reason 2; ") && message.contains("acknowledge_rollback"), "{message}");
}

#[test]
fn only_going_back_puts_in_quarantine() {
    let new = New {
        id: "d".into(),
        rollback_of: None,
        unit: Unit::User,
        schedule: Steps::Canary.schedule().expect("built in"),
        watch: Watch::nothing(),
        needs_approval: false,
        hold: false,
    };
    let asked = || Asked { at: at(0), actor: None, reason: String::new(), version: None };
    let running = Deployment::create(new, asked()).deployment;
    for (command, expected) in [
        (Command::RollBack, true),
        (Command::Abort, false),
        (Command::Supersede("e".into()), false),
        (Command::Pause(PauseCause::Gate), false),
        (Command::Promote, false),
    ] {
        let Ok(Outcome::Changed(done)) = running.command(&command, asked()) else { panic!("{command:?}") };
        assert_eq!(puts_in_quarantine(&done.event), expected, "{command:?}");
    }
}

fn any_occupants() -> impl Strategy<Value = Vec<Occupant>> {
    let one = (prop::array::uniform6(prop::bool::weighted(0.3)), 0_u64..200, 0_i64..7200, 0_i64..6);
    prop::collection::vec(one, 0..8).prop_map(|all| {
        let occupant = |(n, (flags, executions, seconds_live, since)): (usize, _)| {
            let [taken_back, failed_gate, critical_alert, quarantined, archived, unfinished]: [bool; 6] =
                flags;
            let completed = !unfinished;
            let flags = Occupant {
                taken_back,
                failed_gate,
                critical_alert,
                quarantined,
                archived,
                completed,
                ..good("", since)
            };
            Occupant { build_hash: n.to_string(), executions, seconds_live, ..flags }
        };
        all.into_iter().enumerate().map(occupant).collect()
    })
}

proptest! {
    /// Whatever the order in which builds are known.
    #[test]
    fn no_way_leads_to_what_is_bad_or_gone(past in any_occupants(), turn in any::<prop::sample::Index>()) {
        let situation = Situation { present: "0", stable: None, past: &past };
        let mut turned = past.clone();
        turned.rotate_left(if past.is_empty() { 0 } else { turn.index(past.len()) });
        let other = Situation { past: &turned, ..situation };
        prop_assert_eq!(hash(previous(&situation)), hash(previous(&other)));
        prop_assert_eq!(last_known_good(&situation), last_known_good(&other));
        for wanted in [Wanted::Previous, Wanted::LastKnownGood] {
            match choose(&situation, &Policy::default(), wanted, false) {
                Ok(Choice { target, proof, .. }) => {
                    prop_assert!(target.build_hash != "0" && !target.taken_back && !target.quarantined && !target.archived);
                    prop_assert!(proof == Proof::None || !target.failed_gate && !target.critical_alert);
                }
                Err(refused) => prop_assert_eq!(refused, Refused::NothingBefore),
            }
        }
    }
}
