//! Whatever people, servers and clocks do, in whatever order.

use proptest::prelude::*;

use super::{
    Asked, Command, Deployment, Effect, New, Outcome, PauseCause, Refused, Schedule, State, Step, Transition,
    Watch,
    tests::{asked, at, new},
};
use crate::bucketing::Share;

const SECOND: i64 = 1_000_000;

#[derive(Clone, Debug)]
enum Act {
    Tick,
    Command(Command, bool),
}

fn any_command() -> impl Strategy<Value = Command> {
    let cause = prop::sample::select(PauseCause::ALL);
    prop_oneof![
        2 => any::<bool>().prop_map(|frozen| Command::Approve { frozen }),
        1 => prop::sample::select(vec![Command::Reject, Command::Withdraw, Command::Expire, Command::Abort]),
        1 => prop::sample::select(vec![Command::Hold, Command::Start]),
        4 => cause.prop_map(Command::Pause),
        4 => Just(Command::Resume),
        2 => Just(Command::Advance),
        1 => Just(Command::Promote),
        1 => Just(Command::Supersede("d-2".into())),
        1 => Just(Command::RollBack),
        1 => prop::sample::select(vec![vec![], vec!["node-2".to_owned()]]).prop_map(|lagging| Command::Settle { lagging }),
    ]
}

/// An act, so many seconds after the one before.
fn any_act() -> impl Strategy<Value = (Act, i64)> {
    let stale = prop::bool::weighted(0.05);
    let act = prop_oneof![3 => Just(Act::Tick), 2 => (any_command(), stale).prop_map(|(c, stale)| Act::Command(c, stale))];
    (act, prop_oneof![Just(0), 1_i64..120, 120_i64..20_000])
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let shares = prop::collection::btree_set(1_u32..10_000, 0..6);
    (shares, prop::collection::vec(0_i64..600, 7)).prop_map(|(shares, gaps)| {
        let shares = shares.into_iter().chain([10_000]).filter_map(|n| Share::from_ppm(n * 100));
        let mut after_s = 0;
        let mut step = |(n, share): (usize, Share)| {
            after_s += if n == 0 { 0 } else { gaps[n] };
            Step { share, after_s }
        };
        Schedule::check(shares.enumerate().map(&mut step).collect()).expect("made to be valid")
    })
}

/// Moves time and acts; `None`: nothing was changed.
fn step(row: &Deployment, act: &Act, now: i64) -> Option<Transition> {
    match act {
        Act::Tick => row.tick(at(now)),
        Act::Command(command, stale) => {
            let version = Some(row.version + u64::from(*stale));
            let word = command.as_str();
            match row.command(command, Asked { version, ..asked(now) }) {
                Ok(Outcome::Changed(done)) => {
                    assert!(row.possible().contains(&word), "{word} was said to be impossible");
                    Some(*done)
                }
                Ok(Outcome::Already) => None,
                Err(Refused::Illegal { .. }) => {
                    assert!(!row.possible().contains(&word), "{word} was said to be possible");
                    None
                }
                Err(Refused::Changed { .. }) => {
                    assert!(stale);
                    None
                }
                Err(Refused::Unsettled { .. }) => {
                    assert_eq!(row.state, State::RollingBack);
                    None
                }
            }
        }
    }
}

fn event_fits(before: &Deployment, done: &Transition) {
    let (after, event) = (&done.deployment, &done.event);
    assert_eq!((event.seq, after.version), (before.version + 1, before.version + 1));
    assert_eq!((&event.from, &event.to), (&Some(before.state.clone()), &after.state));
    assert_eq!((event.share, event.step, event.at), (after.share, after.step, after.changed_at));
    assert!(after.changed_at >= before.changed_at);
    assert_eq!(State::from_stored(after.state.as_str(), after.state.detail()).as_ref(), Some(&after.state));
    let effect = match (before.share.ppm(), after.share.ppm()) {
        (a, b) if a == b => Effect::None,
        (_, 1_000_000) => Effect::Live,
        (1_000_000, 0) => Effect::TakenBack,
        (_, 0) => Effect::Ended,
        _ => Effect::Share(after.share),
    };
    assert_eq!(done.effect, effect);
}

/// `held_us`: how long the present step has run, pauses left out, counted by the test itself.
fn share_fits(before: &Deployment, done: &Transition, act: &Act, held_us: i64) {
    let after = &done.deployment;
    if after.share <= before.share {
        assert!(after.share == before.share || after.share.is_none(), "a share never falls half way");
        return;
    }
    assert!(!matches!(before.state, State::Paused(_)), "it rose while paused");
    let next = if before.started_at.is_some() { before.step + 1 } else { 0 };
    match act {
        Act::Command(Command::Promote, _) => assert!(after.share.is_full()),
        _ => assert_eq!((after.step, after.share), (next, before.schedule.share(next)), "more than one step"),
    }
    if matches!(act, Act::Tick) {
        assert!(held_us >= before.schedule.hold_s(before.step) * SECOND, "it rose before its time");
    }
}

fn row_fits(row: &Deployment) {
    // One that went live and was superseded while it baked stays live until the other one is.
    let may_stay = matches!(row.state, State::Superseded(_)) && row.share.is_full();
    let is_on = row.state.is_under_way() || row.state == State::Completed || may_stay;
    assert_eq!(row.share.is_none(), !is_on);
    assert_eq!(matches!(row.state, State::Paused(_)), row.paused_at.is_some());
    assert_eq!(row.state.is_final(), row.ended_at.is_some());
    assert!(row.entries.windows(2).all(|pair| pair[0].step < pair[1].step && pair[0].at <= pair[1].at));
    let Some(due) = row.next_at() else { return assert_eq!(row.tick(at(i64::from(u32::MAX))), None) };
    assert_eq!(row.tick(due.plus_micros(-1)), None, "it moves before it says");
    assert!(row.tick(due).is_some(), "it does not move when it says");
}

proptest! {
    #[test]
    fn no_order_of_commands_and_ticks_breaks_a_deployment(
        schedule in any_schedule(), needs_approval in any::<bool>(), hold in any::<bool>(), watched in any::<bool>(),
        acts in prop::collection::vec(any_act(), 0..60),
    ) {
        let watch = Watch { names: if watched { vec!["errors".into()] } else { vec![] }, bake_s: 300 };
        let new = New { schedule, watch, needs_approval, hold, ..new(&super::Strategy::Immediate) };
        let made = Deployment::create(new, asked(0));
        prop_assert_eq!((made.event.seq, made.event.from), (1, None));
        let (mut row, mut now, mut held_us) = (made.deployment, 0, 0);
        row_fits(&row);
        for (act, pause) in acts {
            now += pause;
            let runs = matches!(row.state, State::Running | State::Baking);
            held_us += if runs { pause * SECOND } else { 0 };
            let Some(done) = step(&row, &act, now) else {
                let idle = !matches!(act, Act::Tick) || row.state != State::Running;
                prop_assert!(idle || held_us < row.schedule.hold_s(row.step) * SECOND, "a step was not made in time");
                continue;
            };
            event_fits(&row, &done);
            share_fits(&row, &done, &act, held_us);
            row_fits(&done.deployment);
            if done.deployment.entries.len() > row.entries.len() {
                held_us = 0;
            }
            row = done.deployment;
        }
    }

    /// Whoever gets the new version at one step gets it at all later ones.
    #[test]
    fn those_who_have_it_keep_it(schedule in any_schedule(), random in any::<u32>()) {
        let bucket = crate::bucketing::Bucket::drawn(random);
        let within: Vec<bool> = schedule.steps().iter().map(|step| bucket.is_within(step.share)).collect();
        prop_assert!(within.windows(2).all(|pair| !pair[0] || pair[1]));
        prop_assert_eq!(within.last(), Some(&true));
    }

    /// However late and often it is asked, a release by time alone passes each step once.
    #[test]
    fn a_release_by_time_passes_each_step_once(
        schedule in any_schedule(), pauses in prop::collection::vec(1_i64..5_000, 200),
    ) {
        let mut row = Deployment::create(New { schedule, ..new(&super::Strategy::Immediate) }, asked(0)).deployment;
        let mut now = 0;
        for pause in pauses {
            now += pause;
            row = row.tick(at(now)).map_or(row, |done| done.deployment);
        }
        prop_assert_eq!(&row.state, &State::Completed);
        let passed: Vec<usize> = row.entries.iter().map(|entry| entry.step).collect();
        prop_assert_eq!(passed, (0..row.schedule.steps().len()).collect::<Vec<_>>());
        prop_assert_eq!(row.version, row.entries.len() as u64);
    }
}
