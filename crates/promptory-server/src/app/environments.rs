//! Environments of a project, in order.

use promptory_api::{
    environment::{AtQuery, Environment, EnvironmentUpdate, LiveAt, NewEnvironment},
    page::{Page, PageQuery},
};
use promptory_core::{
    limits,
    name::{PromptName, check_environment_name},
};
use serde_json::json;

use super::{
    Ctx, Outcome,
    authority::{self, Made},
    policies, wire,
};
use crate::{
    numbers::number_text,
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
    rows.into_iter().map(|row| wire::environment(row, ctx.now)).collect()
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
    if tx.project().label_exists(&new.name).await? {
        return Err(Refusal::new(
            Code::NameTaken,
            format!("A prompt has a label {:?}; a reference could mean both. Choose another name.", new.name),
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
    let environment = wire::environment(tx.add_environment(&new.name, position).await?, ctx.now)?;
    ctx.remember(&mut tx, 201, &environment).await?;
    let mut audit = ctx.audit("environment.create", &json!({"position": position}));
    audit.environment = Some(new.name.clone());
    ctx.commit(tx, audit).await?;
    Ok(environment)
}

/// Changes the policy. Nothing else of an environment can be changed here. What asks for less than what holds waits for the
/// approval of what holds.
///
/// # Errors
/// No such environment, a policy that does not exist or that nobody could satisfy, or the key is bound to one environment.
pub async fn update(ctx: &Ctx, name: &str, body: &EnvironmentUpdate) -> Outcome<Environment> {
    ctx.unbound()?;
    let mut tx = ctx.write().await?;
    let rows = tx.project().environments().await?;
    let row = rows.into_iter().find(|row| row.name == name).ok_or_else(|| Refusal::no_environment(name))?;
    let present = wire::environment(row.clone(), ctx.now)?;
    unchanged(body, &present)?;
    let before = row.policy()?;
    let wanted = policies::wanted(ctx, &mut tx, &body.policy, &before).await?;
    if wanted == before {
        return ctx.nothing_changed(tx, 200, present, 0).await;
    }
    let detail = json!({"before": before, "after": wanted});
    let (answer, action) = match authority::change_policy(&mut tx, &row, wanted.clone()).await? {
        Made::Done => (Environment { policy: wire::policy(&wanted), ..present }, "environment.update"),
        Made::Waits(subjects) => {
            let pending = policies::ask(ctx, &mut tx, &subjects, &json!({"policy": wanted}), "").await?;
            (Environment { pending, ..present }, "approval.open")
        }
    };
    ctx.remember(&mut tx, 200, &answer).await?;
    let mut audit = ctx.audit(action, &detail);
    audit.environment = Some(name.to_owned());
    ctx.commit(tx, audit).await?;
    Ok(answer)
}

fn unchanged(body: &EnvironmentUpdate, present: &Environment) -> Outcome<()> {
    let fixed = [
        ("/name", body.name.as_ref().is_none_or(|name| *name == present.name)),
        ("/position", body.position.is_none_or(|position| position == present.position)),
        ("/freeze", body.freeze.is_none() || body.freeze == present.freeze),
        ("/production", body.production.is_none_or(|production| production == present.production)),
    ];
    match fixed.into_iter().find(|(_, same)| !same) {
        Some((pointer, _)) => {
            Err(Refusal::invalid(pointer, "This cannot be changed here; leave it as it is."))
        }
        None => Ok(()),
    }
}

/// What the environment served at a time, from the database; in order of the prompts' present names.
///
/// # Errors
/// No such environment, a time that cannot be read, or a cursor that makes no sense.
pub async fn at(ctx: &Ctx, name: &str, query: &AtQuery) -> Outcome<Page<LiveAt>> {
    let limit = page::limit(query.limit)?;
    let environment = ctx.environment(Some(name))?;
    if ctx.project.snapshot().environment(&environment).is_none() {
        return Err(Refusal::no_environment(&environment));
    }
    // Without a time: what is live, also where a clock ran ahead of this server's.
    let given = match query.time.as_deref() {
        Some(text) => page::moment("time", text)?.micros(),
        None => i64::MAX,
    };
    let (time, after) = page::decode_pair(query.cursor.as_deref(), (given, ""))?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let mut rows = reader.environment_at(&environment, time, &after, limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| {
        let folded = PromptName::parse(&row.prompt).map(|name| name.folded()).unwrap_or_default();
        format!("{time} {folded}")
    });
    let items = rows.into_iter().map(|row| LiveAt {
        version: number_text(row.major, row.minor, row.patch, &row.pre),
        sequence: row.sequence,
        content_hash: row.content_hash,
        build_hash: row.build_hash,
        deployment_id: row.deployment_id,
        since: wire::time(row.since),
        until: row.until.map(wire::time),
        prompt: row.prompt,
    });
    Ok(Page { items: items.collect(), next_cursor, total: None })
}
