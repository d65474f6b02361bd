use super::*;
use crate::{bucketing::Share, time::Timestamp};

const HOUR: i64 = 3600;

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_790_000_000_000_000).plus_seconds(seconds)
}

pub(super) fn asked(seconds: i64) -> Asked {
    Asked { at: at(seconds), actor: Some("ada".into()), reason: "because".into(), version: None }
}

pub(super) fn new(strategy: &Strategy) -> New {
    New {
        id: "d-1".into(),
        rollback_of: None,
        unit: Unit::User,
        schedule: strategy.schedule().expect("valid steps"),
        watch: Watch::nothing(),
        needs_approval: false,
        hold: false,
    }
}

fn watched() -> Watch {
    Watch { names: vec!["error_rate".into()], ..Watch::nothing() }
}

fn started(strategy: &Strategy) -> Deployment {
    Deployment::create(new(strategy), asked(0)).deployment
}

fn pending(hold: bool) -> Deployment {
    let new = New { needs_approval: true, hold, ..new(&Strategy::Canary) };
    Deployment::create(new, asked(0)).deployment
}

fn changed(row: &Deployment, command: Command, seconds: i64) -> Transition {
    match row.command(&command, asked(seconds)) {
        Ok(Outcome::Changed(transition)) => *transition,
        other => panic!("{command:?} while {:?}: {other:?}", row.state),
    }
}

fn after(row: &Deployment, command: Command, seconds: i64) -> Deployment {
    changed(row, command, seconds).deployment
}

#[test]
fn strategies_step_as_promised() {
    let check = |strategy: &Strategy, expected: &[(u8, i64)], holds: &[i64]| {
        let schedule = strategy.schedule().expect("valid");
        let steps: Vec<(Share, i64)> = schedule.steps().iter().map(|s| (s.share, s.after_s / HOUR)).collect();
        let expected: Vec<(Share, i64)> = expected.iter().map(|(p, h)| (Share::percent(*p), *h)).collect();
        assert_eq!(steps, expected, "{}", strategy.as_str());
        let found: Vec<i64> = (0..steps.len()).map(|n| schedule.hold_s(n) / HOUR).collect();
        assert_eq!(found, holds);
    };
    check(&Strategy::Immediate, &[(100, 0)], &[0]);
    check(&Strategy::Gradual, &[(10, 0), (25, 1), (50, 2), (75, 4), (100, 8)], &[1, 1, 2, 4, 0]);
    check(&Strategy::Canary, &[(5, 0), (10, 2), (25, 4), (50, 8), (100, 24)], &[2, 2, 4, 16, 0]);
    for word in ["immediate", "gradual", "canary"] {
        assert_eq!(Strategy::parse(word).expect(word).as_str(), word);
    }
    assert!(Strategy::parse("slow").is_err_and(|why| why.contains("\"after_s\": 0")));
}

#[test]
fn steps_of_ones_own() {
    let steps = |steps: &[(u32, i64)]| {
        let step = |(ppm, after_s): &(u32, i64)| Step {
            share: Share::from_ppm(*ppm).expect("a share"),
            after_s: *after_s,
        };
        Schedule::check(steps.iter().map(step).collect())
    };
    let check = |given: &[(u32, i64)], place: &str, words: &str| {
        let wrong = steps(given).expect_err(words);
        let found =
            wrong.iter().find(|v| v.pointer == format!("/strategy/steps{place}") && v.detail.contains(words));
        assert!(found.is_some(), "{given:?}: {wrong:?}");
    };
    let full = 1_000_000;
    check(&[], "", "no step");
    check(&[(full, 5)], "/0/after_s", "must be 0");
    check(&[(0, 0), (full, 5)], "/0/percentage", "0 %");
    check(&[(50, 0), (full, 5)], "/0/percentage", "finest");
    check(&[(500_000, 0), (500_000, 5), (full, 9)], "/1/percentage", "above the one before");
    check(&[(500_000, 0), (400_000, 5), (full, 9)], "/1/percentage", "40 % follows 50 %");
    check(&[(100_000, 0), (500_000, 9), (full, 5)], "/2/after_s", "never fall");
    check(&[(100_000, 0), (full, 91 * 86_400)], "/1/after_s", "90 days");
    check(&[(100_000, 0), (900_000, 5)], "/1/percentage", "must be at 100 %");
    check(&[(100, 0); 51], "", "at most 50");
    let own = steps(&[(100, 0), (500_000, 0), (full, 60)]).expect("two steps may begin together");
    let stored = serde_json::to_string(&own).expect("JSON");
    assert!(stored.starts_with(r#"[{"share_ppm":100,"after_s":0},"#), "{stored}");
    assert_eq!(serde_json::from_str::<Schedule>(&stored).expect("as written"), own);
    assert!(serde_json::from_str::<Schedule>("[]").is_err());
}

#[test]
fn a_canary_takes_a_day_and_a_bake_an_hour_more() {
    let mut row = Deployment::create(New { watch: watched(), ..new(&Strategy::Canary) }, asked(0)).deployment;
    let mut seen = vec![(0, row.share.ppm() / 10_000, row.state.as_str())];
    while let Some(due) = row.next_at() {
        assert_eq!(row.tick(due.plus_micros(-1)), None);
        row = row.tick(due).expect("it is due").deployment;
        seen.push((due.since(at(0)) / 3_600_000_000, row.share.ppm() / 10_000, row.state.as_str()));
    }
    let running = [(0, 5), (2, 10), (4, 25), (8, 50)].map(|(hour, percent)| (hour, percent, "running"));
    assert_eq!(seen, [&running[..], &[(24, 100, "baking"), (25, 100, "completed")]].concat());
}

#[test]
fn an_immediate_one_is_completed_in_its_commit() {
    let made = Deployment::create(new(&Strategy::Immediate), asked(0));
    assert_eq!((made.deployment.state.clone(), made.effect), (State::Completed, Effect::Live));
    assert_eq!((made.event.seq, made.event.from, made.deployment.ended_at), (1, None, Some(at(0))));
    let watched = Deployment::create(New { watch: watched(), ..new(&Strategy::Immediate) }, asked(0));
    assert_eq!((watched.deployment.state, watched.effect), (State::Baking, Effect::Live));
}

#[test]
fn who_was_down_does_not_catch_up() {
    let row = started(&Strategy::Gradual);
    let late = row.tick(at(100 * HOUR)).expect("long due").deployment;
    assert_eq!((late.share, late.next_at()), (Share::percent(25), Some(at(101 * HOUR))));
    assert_eq!(late.tick(at(100 * HOUR)), None);
}

#[test]
fn pauses_do_not_count() {
    let row = started(&Strategy::Gradual);
    let paused = after(&row, Command::Pause(PauseCause::Gate), HOUR / 2);
    assert_eq!((paused.next_at(), paused.tick(at(99 * HOUR))), (None, None));
    assert_eq!(paused.left_us(at(99 * HOUR)), Some(1_800_000_000));
    let resumed = after(&paused, Command::Resume, 10 * HOUR);
    assert_eq!(resumed.next_at(), Some(at(10 * HOUR + HOUR / 2)));
    let again =
        after(&after(&resumed, Command::Pause(PauseCause::User), 10 * HOUR), Command::Resume, 20 * HOUR);
    assert_eq!(again.next_at(), Some(at(20 * HOUR + HOUR / 2)));
    // The next step is held for its whole time.
    let next = again.tick(at(21 * HOUR)).expect("due").deployment;
    assert_eq!((next.next_at(), next.paused_us), (Some(at(22 * HOUR)), 0));
}

#[test]
fn a_clock_that_steps_back_moves_nothing_twice() {
    let row = started(&Strategy::Gradual);
    let next = row.tick(at(HOUR)).expect("due").deployment;
    assert_eq!(next.tick(at(0)), None);
    let paused = after(&next, Command::Pause(PauseCause::User), -HOUR);
    assert_eq!(paused.changed_at, at(HOUR));
    let resumed = after(&paused, Command::Resume, -2 * HOUR);
    assert_eq!(resumed.next_at(), Some(at(2 * HOUR)));
}

#[test]
fn what_waits_for_approval() {
    let row = pending(false);
    assert_eq!((row.share, row.next_at(), row.started_at), (Share::NONE, None, None));
    let approved = changed(&row, Command::Approve { frozen: false }, 5);
    assert_eq!(
        (approved.deployment.state, approved.effect),
        (State::Running, Effect::Share(Share::percent(5)))
    );
    let frozen = after(&row, Command::Approve { frozen: true }, 5);
    assert_eq!(frozen.state, State::Scheduled(Wait::Frozen));
    assert_eq!(after(&frozen, Command::Hold, 6).state, State::Scheduled(Wait::Hold));
    assert_eq!(after(&frozen, Command::Start, 7).started_at, Some(at(7)));
    let held = after(&pending(true), Command::Approve { frozen: true }, 5);
    assert_eq!(held.state, State::Scheduled(Wait::Hold));
    for (command, why) in [
        (Command::Reject, Ended::Rejected),
        (Command::Withdraw, Ended::Withdrawn),
        (Command::Expire, Ended::Expired),
        (Command::Abort, Ended::ByHand),
    ] {
        let ended = changed(&row, command, 5);
        assert_eq!((ended.deployment.state, ended.effect), (State::Aborted(why), Effect::None));
    }
}

#[test]
fn what_each_command_does_to_callers() {
    let running = started(&Strategy::Canary);
    let check = |row: &Deployment, command: Command, effect: Effect, state: &str| {
        let done = changed(row, command, 9);
        assert_eq!((done.effect, done.deployment.state.as_str()), (effect, state));
        done.deployment
    };
    check(&running, Command::Advance, Effect::Share(Share::percent(10)), "running");
    check(&running, Command::Abort, Effect::Ended, "aborted");
    check(&running, Command::RollBack, Effect::Ended, "rolling_back");
    check(&running, Command::Supersede("d-2".into()), Effect::Ended, "superseded");
    let completed = check(&running, Command::Promote, Effect::Live, "completed");
    check(&completed, Command::RollBack, Effect::TakenBack, "rolling_back");
    let baking = Deployment { watch: watched(), ..running.clone() };
    let baking = check(&baking, Command::Promote, Effect::Live, "baking");
    let superseded = check(&baking, Command::Supersede("d-2".into()), Effect::None, "superseded");
    assert!(superseded.share.is_full(), "it is live until the other one is");
    check(&baking, Command::Advance, Effect::None, "completed");
    check(&baking, Command::RollBack, Effect::TakenBack, "rolling_back");
    let paused = check(&baking, Command::Pause(PauseCause::Srm), Effect::None, "paused");
    check(&paused, Command::Resume, Effect::None, "baking");
}

#[test]
fn refusals_say_what_is_possible() {
    let row = started(&Strategy::Canary);
    let refused = row.command(&Command::Approve { frozen: false }, asked(1)).expect_err("it runs already");
    assert_eq!(
        refused.to_string(),
        "approve is not possible while a deployment is running; possible now: pause, advance, promote, abort, \
         roll_back, supersede"
    );
    let stale = Asked { version: Some(7), ..asked(1) };
    assert_eq!(
        row.command(&Command::Advance, stale.clone()),
        Err(Refused::Changed { expected: 7, present: 1 })
    );
    let seen = Asked { version: Some(1), ..asked(1) };
    assert!(row.command(&Command::Advance, seen).is_ok());
    let aborted = after(&row, Command::Abort, 1);
    let nothing = aborted.command(&Command::Resume, asked(2)).expect_err("it is over").to_string();
    assert!(nothing.ends_with("possible now: nothing"), "{nothing}");
    assert_eq!(aborted.command(&Command::Abort, stale), Ok(Outcome::Already));
}

#[test]
fn going_back_twice_is_harmless_and_waits_for_servers() {
    let row = after(&started(&Strategy::Canary), Command::RollBack, 10);
    assert_eq!(row.command(&Command::RollBack, asked(11)), Ok(Outcome::Already));
    let lagging = || Command::Settle { lagging: vec!["node-2".into()] };
    assert!(matches!(row.command(&lagging(), asked(39)), Err(Refused::Unsettled { .. })));
    let done = changed(&row, lagging(), 40);
    assert_eq!((done.deployment.state, &*done.event.reason), (State::RolledBack, "Not confirmed by node-2."));
    let all = after(&row, Command::Settle { lagging: Vec::new() }, 11);
    assert_eq!(
        (all.ended_at, all.command(&Command::RollBack, asked(12))),
        (Some(at(11)), Ok(Outcome::Already))
    );
    assert_eq!(row.tick(at(39)), None);
    assert_eq!(
        row.tick(at(40)).expect("nobody is waited for any longer").deployment.state,
        State::RolledBack
    );
}

#[test]
fn going_back_wins_every_race() {
    let row = started(&Strategy::Canary);
    let seen = |seconds: i64| Asked { version: Some(row.version), ..asked(seconds) };
    // Both decided from the same row; whoever comes first, callers end up where they were.
    let back = after(&row, Command::RollBack, 1);
    assert_eq!(back.command(&Command::Advance, seen(1)), Err(Refused::Changed { expected: 1, present: 2 }));
    assert_eq!(back.command(&Command::RollBack, seen(1)), Ok(Outcome::Already));
    let advanced = after(&row, Command::Advance, 1);
    assert_eq!(after(&advanced, Command::RollBack, 1).share, Share::NONE);
    for state in [
        &row,
        &advanced,
        &after(&row, Command::Pause(PauseCause::Gate), 1),
        &after(&row, Command::Promote, 1),
    ] {
        assert_eq!(after(state, Command::RollBack, 2).share, Share::NONE, "{:?}", state.state);
    }
}

#[test]
fn steps_as_a_page_shows_them() {
    let row = after(&started(&Strategy::Gradual), Command::Pause(PauseCause::User), HOUR / 2);
    let row = after(&row, Command::Resume, HOUR);
    let row = row.tick(at(2 * HOUR)).expect("due").deployment;
    let views = row.steps(at(2 * HOUR + 60));
    let states: Vec<StepState> = views.iter().map(|view| view.state).collect();
    use StepState::*;
    assert_eq!(states, [Past, Present, Coming, Coming, Coming]);
    let hours = |of: fn(&StepView) -> Option<Timestamp>| -> Vec<Option<i64>> {
        views.iter().map(|view| of(view).map(|time| time.since(at(0)) / 3_600_000_000)).collect()
    };
    assert_eq!(hours(|view| view.planned_at), [0, 1, 2, 4, 8].map(Some));
    assert_eq!(hours(|view| view.entered_at), [Some(0), Some(2), None, None, None]);
    assert_eq!(hours(|view| view.expected_at), [None, None, Some(3), Some(5), Some(9)]);
    let waiting = pending(false).steps(at(5));
    assert!(
        waiting
            .iter()
            .all(|view| view.state == Coming && view.planned_at.is_none() && view.expected_at.is_none())
    );
    let promoted: Vec<StepState> =
        after(&row, Command::Promote, 9 * HOUR).steps(at(0)).iter().map(|v| v.state).collect();
    assert_eq!(promoted, [Past, Past, Never, Never, Present]);
    let aborted: Vec<StepState> =
        after(&row, Command::Abort, 9 * HOUR).steps(at(0)).iter().map(|v| v.state).collect();
    assert_eq!(aborted, [Past, Past, Never, Never, Never]);
}

#[test]
fn words_are_read_as_written() {
    for unit in [Unit::User, Unit::Session, Unit::Request] {
        assert_eq!(Unit::parse(unit.as_str()), Ok(unit));
    }
    assert!(Unit::parse("prompt").is_err_and(|why| why.contains("session")));
    assert_eq!((Unit::by_default(true), Unit::by_default(false)), (Unit::User, Unit::Request));
    assert_eq!(State::from_stored("paused", "tired"), None);
    assert_eq!(State::from_stored("superseded", ""), None);
}
