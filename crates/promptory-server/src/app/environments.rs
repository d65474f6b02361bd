//! Environments of a project, in order.

use promptory_api::{
    environment::{Environment, NewEnvironment},
    page::{Page, PageQuery},
};
use promptory_core::{limits, name::check_environment_name};
use serde_json::json;

use super::{Ctx, Outcome, wire};
use crate::{
    page,
    refusal::{Code, Refusal},
};

/// In order.
///
/// # Errors
/// A cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &PageQuery) -> Outcome<Page<Environment>> {
    let limit = page::limit(query.limit)?;
    let after = page::decode_number(query.cursor.as_deref(), 0)?;
    let mut items = all(ctx).await?;
    let total = i64::try_from(items.len()).ok();
    items.retain(|environment| environment.position > after);
    let next_cursor = page::cut(&mut items, limit, |last| last.position.to_string());
    Ok(Page { items, next_cursor, total })
}

async fn all(ctx: &Ctx) -> Outcome<Vec<Environment>> {
    let mut reader = ctx.app.store.read().await?;
    let rows = reader.project(&ctx.project.id).environments().await?;
    Ok(rows.into_iter().map(wire::environment).collect())
}

/// # Errors
/// No such environment.
pub async fn show(ctx: &Ctx, name: &str) -> Outcome<Environment> {
    let found = all(ctx).await?.into_iter().find(|environment| environment.name == name);
    found.ok_or_else(|| Refusal::no_environment(name))
}

/// # Errors
/// The name breaks a rule or is taken, the position makes no sense, or there are too many.
pub async fn create(ctx: &Ctx, new: &NewEnvironment) -> Outcome<Environment> {
    ctx.unbound()?;
    check_environment_name(&new.name).map_err(|why| Refusal::invalid("/name", why))?;
    let mut tx = ctx.write().await?;
    let present = tx.project().environments().await?;
    if present.iter().any(|row| row.name == new.name) {
        return Err(Refusal::new(
            Code::NameTaken,
            format!("There is an environment {:?} already.", new.name),
        ));
    }
    if present.len() >= limits::ENVIRONMENTS {
        return Err(Refusal::invalid(
            "",
            format!("A project has at most {} environments.", limits::ENVIRONMENTS),
        ));
    }
    let end = i64::try_from(present.len()).unwrap_or(i64::MAX) + 1;
    let before_production = present.iter().find(|row| row.production).map_or(end, |row| row.position);
    let position = new.position.unwrap_or(before_production);
    if !(1..=end).contains(&position) {
        return Err(Refusal::invalid("/position", format!("The position is 1 to {end}.")));
    }
    let environment = wire::environment(tx.add_environment(&new.name, position).await?);
    ctx.remember(&mut tx, 201, &environment).await?;
    let mut audit = ctx.audit("environment.create", &json!({"position": position}));
    audit.environment = Some(new.name.clone());
    ctx.commit(tx, audit).await?;
    Ok(environment)
}
