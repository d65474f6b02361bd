//! What transitions of deployments may do by themselves.

use super::{authorizing::check, *};
use crate::rollout::{Asked, Command, Deployment, New, Outcome, Strategy, Transition, Unit, Watch};

fn asked(hours: i64) -> Asked {
    Asked { at: at(hours), actor: None, reason: String::new(), version: None }
}

fn done(row: &Deployment, command: &Command) -> Transition {
    match row.command(command, asked(1)) {
        Ok(Outcome::Changed(done)) => *done,
        other => panic!("{command:?}: {other:?}"),
    }
}

#[test]
fn a_transition_starts_nothing_by_itself() {
    let names = vec!["errors".to_owned()];
    let create = |needs_approval: bool, watched: bool| {
        let new = New {
            id: "d".into(),
            rollback_of: None,
            unit: Unit::User,
            schedule: Strategy::Canary.schedule().expect("built in"),
            watch: Watch { names: if watched { names.clone() } else { Vec::new() }, ..Watch::nothing() },
            needs_approval,
            hold: false,
        };
        Deployment::create(new, asked(0))
    };
    let check = |transition: Transition, expected: &str| {
        check(Evidence::default(), ServingChange::Deployment(Box::new(transition)), expected);
    };
    check(create(false, false), "not by itself");
    check(create(true, false), "not_serving");
    let (pending, running) = (create(true, false).deployment, create(false, false).deployment);
    check(done(&pending, &Command::Approve { frozen: false }), "not by itself");
    check(done(&pending, &Command::Approve { frozen: true }), "not_serving");
    check(done(&pending, &Command::Reject), "not_serving");
    check(running.tick(at(9)).expect("due"), "started");
    check(done(&running, &Command::Promote), "started");
    check(done(&running, &Command::Pause(crate::rollout::PauseCause::User)), "not_serving");
    check(done(&running, &Command::Abort), "less");
    check(done(&running, &Command::RollBack), "less");
    // Before the bake is over, ending it is no way back.
    let baking = done(&create(false, true).deployment, &Command::Promote).deployment;
    check(done(&baking, &Command::RollBack), "less");
    let completed = done(&running, &Command::Promote).deployment;
    check(done(&completed, &Command::RollBack), "not by itself");
}
