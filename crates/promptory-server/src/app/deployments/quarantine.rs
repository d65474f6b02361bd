//! What was taken back is not released again unasked.

use promptory_store::{TakenBackRow, WriteTx};

use super::Target;
use crate::{
    app::{Outcome, rollbacks::taken_back},
    refusal::{Code, Refusal},
};

/// # Errors
/// The build was taken back there, and who releases it did not say that they know.
pub(super) async fn check(tx: &mut WriteTx, target: &Target<'_>, build_hash: &str) -> Outcome<()> {
    if target.acknowledged {
        return Ok(());
    }
    let place = (target.prompt.id.as_str(), target.environment);
    tx.project().open_taken_back(place, build_hash).await?.map_or(Ok(()), |row| Err(refusal(row)))
}

pub(in crate::app) fn refusal(row: TakenBackRow) -> Refusal {
    let taken = taken_back(row);
    let detail = format!(
        "{} was taken back in {:?} by {} at {}: {} To release it again, send `acknowledge_rollback: true`.",
        taken.version,
        taken.environment,
        taken.actor,
        taken.at,
        sentence(&taken.reason)
    );
    Refusal { taken_back: Some(Box::new(taken)), ..Refusal::new(Code::Quarantined, detail) }
}

/// With a full stop.
fn sentence(reason: &str) -> String {
    match reason.trim_end() {
        "" => "no reason was given.".to_owned(),
        text if text.ends_with(['.', '!', '?']) => text.to_owned(),
        text => format!("{text}."),
    }
}
