//! Keys: made once, shown once, revoked everywhere within a second.

use promptory_api::{
    access::{CreatedKey, Key, NewKey, WhoAmI},
    page::{Page, PageQuery},
};
use promptory_core::{access::Scopes, limits, time::Timestamp};
use serde_json::json;

use super::{Ctx, Outcome, wire};
use crate::{
    check::Checks,
    ids::hex,
    page,
    refusal::{Code, Refusal},
    serving::secret_hash,
};

/// Long enough to tell keys apart, too short to help a guess at the rest.
const PREFIX_CHARS: usize = 11;

/// A fresh secret: 256 random bits, recognisable by its front.
pub(crate) struct Secret {
    pub key: String,
    pub prefix: String,
    pub hash: String,
}

pub(crate) fn new_secret(ids: &dyn crate::ids::IdGen) -> Secret {
    let mut random = [0_u8; 32];
    ids.bytes(&mut random);
    let key = format!("pk_{}", hex(&random));
    Secret { prefix: prefix(&key), hash: hex(&secret_hash(&key)), key }
}

pub(crate) fn prefix(key: &str) -> String {
    key.chars().take(PREFIX_CHARS).collect()
}

/// # Errors
/// A field breaks a rule, or the project has too many keys.
pub async fn create(ctx: &Ctx, new: &NewKey) -> Outcome<CreatedKey> {
    let environment = bound(ctx, new.environment.as_deref())?;
    let (scopes, expires_at) = check(ctx, new)?;
    let secret = new_secret(&*ctx.app.ids);
    let mut tx = ctx.write().await?;
    if tx.project().count_valid_keys().await? >= limits::KEYS_PER_PROJECT {
        return Err(Refusal::invalid(
            "",
            format!("A project has at most {} valid keys; revoke some.", limits::KEYS_PER_PROJECT),
        ));
    }
    let row = promptory_store::NewKey {
        id: ctx.new_id(),
        name: new.name.clone(),
        prefix: secret.prefix.clone(),
        hash: secret.hash,
        scopes: scopes.to_string(),
        environment,
        instance_admin: false,
        created_by: ctx.key.name.to_string(),
        expires_at: expires_at.map(Timestamp::micros),
    };
    tx.insert_key(&row).await?;
    let created_at = tx.at().to_rfc3339();
    let detail = json!({
        "id": row.id, "name": row.name, "prefix": row.prefix, "scopes": row.scopes,
        "environment": row.environment, "expires_at": expires_at.map(Timestamp::to_rfc3339),
    });
    let audit = ctx.audit("key.create", &detail);
    ctx.commit(tx, audit).await?;
    Ok(CreatedKey {
        id: row.id,
        key: secret.key,
        name: row.name,
        prefix: row.prefix,
        scopes: scopes.words().map(str::to_owned).collect(),
        environment: row.environment,
        expires_at: expires_at.map(Timestamp::to_rfc3339),
        created_at,
    })
}

/// A key that is bound to an environment makes only keys that are bound to it as well.
fn bound(ctx: &Ctx, given: Option<&str>) -> Outcome<Option<String>> {
    match ctx.key.environment.as_deref() {
        Some(_) => ctx.environment(given).map(Some),
        None => Ok(given.map(str::to_owned)),
    }
}

fn check(ctx: &Ctx, new: &NewKey) -> Outcome<(Scopes, Option<Timestamp>)> {
    let mut checks = Checks::under("");
    if new.name.trim().is_empty() {
        checks.add("empty", "/name", "Give the key a name that says who uses it.");
    }
    checks.text("/name", Some(&new.name), limits::SHORT_TEXT_BYTES);
    let mut scopes = Scopes::NONE;
    for (i, word) in new.scopes.iter().enumerate() {
        match Scopes::parse_one(word) {
            Ok(scope) => scopes = scopes.with(scope),
            Err(why) => checks.add("scope", &format!("/scopes/{i}"), why),
        }
    }
    if new.scopes.is_empty() {
        checks.add("empty", "/scopes", "A key needs at least one scope.");
    }
    if let Some(name) = &new.environment
        && ctx.project.snapshot().environment(name).is_none()
    {
        checks.add("environment", "/environment", format!("There is no environment {name:?}."));
    }
    let expires_at = new.expires_at.as_deref().map(Timestamp::parse_rfc3339);
    match expires_at {
        Some(None) => checks.add("time", "/expires_at", "Use RFC 3339, such as 2027-01-31T00:00:00Z."),
        Some(Some(at)) if at <= ctx.now => checks.add("time", "/expires_at", "That time is over already."),
        _ => {}
    }
    checks.finish()?;
    Ok((scopes, expires_at.flatten()))
}

/// Oldest first.
///
/// # Errors
/// A cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &PageQuery) -> Outcome<Page<Key>> {
    let limit = page::limit(query.limit)?;
    let after = page::decode_pair(query.cursor.as_deref(), (i64::MIN, ""))?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let total = reader.count_keys().await?;
    let mut rows = reader.keys((after.0, &after.1), limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| format!("{} {}", row.created_at, row.id));
    Ok(Page { items: rows.into_iter().map(wire::key).collect(), next_cursor, total: Some(total) })
}

/// Revoking twice is harmless.
///
/// # Errors
/// No such key in this project.
pub async fn revoke(ctx: &Ctx, id: &str) -> Outcome<Key> {
    let missing = || Refusal::new(Code::NotFound, format!("There is no key {id:?} in this project."));
    let mut tx = ctx.write().await?;
    let row = tx.project().key(id).await?.ok_or_else(missing)?;
    if ctx.key.environment.is_some() && ctx.key.environment.as_deref() != row.environment.as_deref() {
        ctx.unbound()?;
    }
    if row.revoked_at.is_some() {
        return Ok(wire::key(row));
    }
    tx.revoke_key(&row).await?;
    let row = tx.project().key(id).await?.ok_or_else(missing)?;
    let detail = json!({"id": row.id, "name": row.name, "prefix": row.prefix});
    let audit = ctx.audit("key.revoke", &detail);
    ctx.commit(tx, audit).await?;
    Ok(wire::key(row))
}

pub fn whoami(ctx: &Ctx) -> WhoAmI {
    WhoAmI {
        project: ctx.project.name.clone(),
        project_id: ctx.project.id.to_string(),
        key_id: ctx.key.id.as_deref().map(str::to_owned),
        name: ctx.key.name.to_string(),
        scopes: ctx.key.scopes.words().map(str::to_owned).collect(),
        environment: ctx.key.environment.as_deref().map(str::to_owned),
        expires_at: ctx.key.expires_at.map(Timestamp::to_rfc3339),
        instance_admin: ctx.key.instance_admin,
    }
}
