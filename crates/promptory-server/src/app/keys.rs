//! Keys: made once, shown once, revoked everywhere within a second.

pub mod own;

use promptory_api::{
    access::{CreatedKey, Key, NewKey, WhoAmI},
    page::{Page, PageQuery},
    people::UserName,
};
use promptory_core::{
    access::{Roles, Scopes},
    limits,
    time::Timestamp,
};
use promptory_store::{KeyRow, PersonRow, WriteTx};
use serde_json::json;

use super::{Ctx, Outcome, sign_in::folded, users::limit_of, wire};
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
    let owner = owner(ctx, &mut tx, new, scopes).await?;
    let row = promptory_store::NewKey {
        id: ctx.new_id(),
        name: new.name.clone(),
        prefix: secret.prefix.clone(),
        hash: secret.hash,
        scopes: scopes.to_string(),
        environment,
        instance_admin: false,
        created_by: ctx.caller.name.to_string(),
        expires_at: expires_at.map(Timestamp::micros),
        person_id: owner.as_ref().map(|person| person.id.clone()),
        personal: personal(ctx, &mut tx, owner.as_ref()).await?,
    };
    tx.insert_key(&row).await?;
    let created_at = tx.at().to_rfc3339();
    let detail = json!({
        "id": row.id, "name": row.name, "prefix": row.prefix, "scopes": row.scopes,
        "environment": row.environment, "expires_at": expires_at.map(Timestamp::to_rfc3339),
        "user": row.person_id,
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
        user: owner.map(|person| UserName { id: person.id, name: person.name }),
        created_at,
    })
}

/// Whose key it is to be: the named member, else the person who asks. It has no more scopes than their roles.
async fn owner(ctx: &Ctx, tx: &mut WriteTx, new: &NewKey, scopes: Scopes) -> Outcome<Option<PersonRow>> {
    let named = match &new.user {
        None => ctx.caller.person(),
        Some(named) => named.as_deref(),
    };
    let Some(named) = named else { return Ok(None) };
    let nobody = || Refusal::invalid("/user", format!("There is no user {named:?} in this project."));
    let person = match named.contains('@') {
        true => tx.find_person_by_email(&folded(named)).await?,
        false => tx.find_person(named).await?,
    };
    let person = person.ok_or_else(nobody)?;
    let member = tx.project().member(&person.id, ctx.now.micros()).await?;
    let roles = member.as_ref().map(|member| Roles::from_stored(&member.roles));
    // Administrators of the instance are at home everywhere; others are named only where they are members.
    let roles = roles.or_else(|| (person.instance_admin && new.user.is_none()).then_some(Roles::NONE));
    let limit = limit_of(roles.ok_or_else(nobody)?, person.instance_admin);
    if scopes.within(limit) == scopes {
        return Ok(Some(person));
    }
    let detail = format!(
        "A key does no more than its owner, and the roles of {} give {limit}; send fewer scopes, or \"user\": null for \
         a key that nobody owns.",
        person.name
    );
    Err(Refusal::invalid("/scopes", detail))
}

/// Whether its owner makes it: signed in, or by a key that they made so. Such a key decides for them.
async fn personal(ctx: &Ctx, tx: &mut WriteTx, owner: Option<&PersonRow>) -> Outcome<bool> {
    let own = owner.is_some_and(|owner| ctx.caller.person() == Some(owner.id.as_str()));
    match ctx.caller.key_id() {
        Some(key) if own => Ok(tx.project().key_is_personal(key).await?),
        _ => Ok(own),
    }
}

/// A key that is bound to an environment makes only keys that are bound to it as well.
fn bound(ctx: &Ctx, given: Option<&str>) -> Outcome<Option<String>> {
    match ctx.caller.environment.as_deref() {
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
    let owners = reader.key_owners().await?;
    let next_cursor = page::cut(&mut rows, limit, |row| format!("{} {}", row.created_at, row.id));
    Ok(Page {
        items: rows.into_iter().map(|row| wire::key(row, &owners)).collect(),
        next_cursor,
        total: Some(total),
    })
}

/// Revoking twice is harmless.
///
/// # Errors
/// No such key in this project.
pub async fn revoke(ctx: &Ctx, id: &str) -> Outcome<Key> {
    let missing = || Refusal::new(Code::NotFound, format!("There is no key {id:?} in this project."));
    revoke_one(ctx, id, |_| true, missing).await
}

/// The one with this id, if it is one that may be meant.
async fn revoke_one(
    ctx: &Ctx,
    id: &str,
    meant: impl Fn(&KeyRow) -> bool,
    missing: impl Fn() -> Refusal,
) -> Outcome<Key> {
    let mut tx = ctx.write().await?;
    let row = tx.project().key(id).await?.filter(meant).ok_or_else(&missing)?;
    let owners = tx.project().key_owners().await?;
    if ctx.caller.environment.is_some() && ctx.caller.environment.as_deref() != row.environment.as_deref() {
        ctx.unbound()?;
    }
    if row.revoked_at.is_some() {
        return Ok(wire::key(row, &owners));
    }
    tx.revoke_key(&row).await?;
    let row = tx.project().key(id).await?.ok_or_else(missing)?;
    let detail = json!({"id": row.id, "name": row.name, "prefix": row.prefix});
    let audit = ctx.audit("key.revoke", &detail);
    ctx.commit(tx, audit).await?;
    Ok(wire::key(row, &owners))
}

/// # Errors
/// The database cannot be read, and a person asks.
pub async fn whoami(ctx: &Ctx) -> Outcome<WhoAmI> {
    let user = match ctx.caller.person() {
        Some(id) => ctx.app.store.read().await?.person(id).await?,
        None => None,
    };
    Ok(WhoAmI {
        user: user.map(|person| UserName { id: person.id, name: person.name }),
        project: ctx.project.name.clone(),
        project_id: ctx.project.id.to_string(),
        key_id: ctx.caller.key_id().map(str::to_owned),
        name: ctx.caller.name.to_string(),
        scopes: ctx.caller.scopes.words().map(str::to_owned).collect(),
        environment: ctx.caller.environment.as_deref().map(str::to_owned),
        expires_at: ctx.caller.expires_at.map(Timestamp::to_rfc3339),
        instance_admin: ctx.caller.instance_admin,
    })
}
