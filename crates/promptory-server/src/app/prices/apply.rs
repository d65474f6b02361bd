//! Costs for executions that were recorded before their model had a price.

use promptory_api::prices::{AppliedPrices, ApplyPrices};
use promptory_store::StoreError;
use serde_json::json;
use tokio::sync::oneshot;

use crate::{
    app::{Ctx, Outcome},
    page,
    recording::Control,
    refusal::{Code, Refusal},
};

/// # Errors
/// The times cannot be used, or the database cannot be written; what was priced until then stays so.
pub async fn apply(ctx: &Ctx, ask: &ApplyPrices) -> Outcome<AppliedPrices> {
    ctx.unbound()?;
    let from = page::time("from", ask.from.as_deref())?.unwrap_or(0);
    let to = page::time("to", ask.to.as_deref())?.unwrap_or(i64::MAX);
    if from >= to {
        return Err(Refusal::invalid("/from", "`from` must be before `to`."));
    }
    let (done, answer) = oneshot::channel();
    let book = Box::new(ctx.prices());
    let control = Control::Price { project: ctx.project.id.clone(), book, span: (from, to), done };
    let stopping = || Refusal::new(Code::Unavailable, "The server is stopping. Ask again.");
    if !ctx.app.recording.controls.send(control) {
        return Err(stopping());
    }
    let priced = match answer.await.map_err(|_| stopping())? {
        Err(StoreError::Refused(why)) => return Err(Refusal::new(Code::InUse, why)),
        other => other?,
    };
    if priced.priced > 0 {
        let detail = json!({"from": ask.from, "to": ask.to, "priced": priced.priced});
        let tx = ctx.write().await?;
        ctx.commit(tx, ctx.audit("price.apply", &detail)).await?;
    }
    Ok(AppliedPrices { priced: priced.priced, unpriced: priced.unpriced })
}
