//! What waits as the parts of one release: it starts together or not at all, and is given up together.

use promptory_core::{
    approval::ServingChange,
    rollout::{Asked, Command, Effect, Outcome as Became},
};
use promptory_store::{Rows, WriteTx};

use super::{begin::start, prepare::ready_to_start};
use crate::{
    app::{Outcome, authority, wire},
    refusal::Refusal,
};

/// Does the same to all parts that have not started. Answers whether there were any.
///
/// # Errors
/// One of them cannot start now: nothing was written.
pub(in crate::app) async fn together(
    tx: &mut WriteTx,
    release_id: &str,
    command: &Command,
    (by, reason, acknowledged): (Option<&str>, &str, bool),
) -> Outcome<bool> {
    let mut moves = Vec::new();
    for row in tx.project().deployments_of_release(release_id).await? {
        let present = row.deployment()?;
        if !present.state.is_waiting() {
            continue;
        }
        let possible = |command: &Command| present.possible().contains(&command.as_str());
        let command = match command {
            // What was approved and waits for its start knows no rejection.
            Command::Reject | Command::Withdraw | Command::Expire if !possible(command) => &Command::Abort,
            _ if possible(command) => command,
            _ => continue,
        };
        let (actor, reason) = (by.map(str::to_owned), reason.to_owned());
        let asked = Asked { at: tx.at(), actor, reason, version: None };
        let Ok(Became::Changed(transition)) = present.command(command, asked) else {
            return Err(wire::damaged("deployment", &row.id));
        };
        let ready = match transition.effect {
            Effect::Share(_) | Effect::Live => {
                let ready = ready_to_start(tx, &row, acknowledged).await;
                Some(ready.map_err(|refusal| part_refused(refusal, &row.prompt))?)
            }
            _ => None,
        };
        moves.push((transition, ready));
    }
    let any = !moves.is_empty();
    // The first that is completed uses the approval up: by now each has its proof.
    for (transition, ready) in moves {
        match ready {
            Some((ready, proof)) => start(tx, &ready, proof, &transition, by).await?,
            None => {
                authority::plain(tx, ServingChange::Deployment(transition), Rows::Move(None)).await?;
            }
        }
    }
    Ok(any)
}

/// Which of them it is.
pub(in crate::app) fn part_refused(refusal: Refusal, prompt: &str) -> Refusal {
    if !refusal.code.status().is_client_error() {
        return refusal;
    }
    Refusal { detail: format!("{prompt}: {}", refusal.detail), ..refusal }
}
