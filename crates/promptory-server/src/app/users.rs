//! Members of a project: invited, given roles, removed; and the keys that they own, which follow.

use promptory_api::{
    page::{Page, PageQuery},
    people::{CreatedUser, NewUser, PatchUser, User, UserLink},
};
use promptory_core::{
    access::{Roles, Scopes},
    limits,
};
use promptory_store::{MemberRow, PersonRow, WriteTx};
use serde_json::json;

use super::{
    Ctx, Outcome,
    people::new_token,
    sign_in::{check_email, check_name, folded},
    wire,
};
use crate::{
    check::Checks,
    ids::hex,
    page,
    refusal::{Code, Refusal},
};

/// The front of a one-time link.
const LINK: &str = "pl_";

fn user(row: MemberRow) -> User {
    User {
        id: row.id,
        email: row.email,
        name: row.name,
        roles: Roles::from_stored(&row.roles).words().map(str::to_owned).collect(),
        instance_admin: row.instance_admin,
        status: if row.active { "active" } else { "invited" }.to_owned(),
        last_seen: row.last_seen.map(wire::time),
        created_at: wire::time(row.created_at),
        keys: row.keys,
    }
}

fn missing(id: &str) -> Refusal {
    Refusal::new(Code::NotFound, format!("There is no user {id:?} in this project."))
}

fn parse_roles(checks: &mut Checks, words: &[String]) -> Roles {
    let mut roles = Roles::NONE;
    for (i, word) in words.iter().enumerate() {
        match Roles::parse_one(word) {
            Ok(role) => roles = roles.with(role),
            Err(why) => checks.add("role", &format!("/roles/{i}"), why),
        }
    }
    if words.is_empty() {
        checks.add(
            "empty",
            "/roles",
            "A member has at least one role; DELETE removes somebody from the project.",
        );
    }
    roles
}

/// What keys of a person may do at most.
pub(super) fn limit_of(roles: Roles, instance_admin: bool) -> Scopes {
    if instance_admin { Scopes::ADMIN } else { roles.scopes() }
}

/// In order of the email.
///
/// # Errors
/// A cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &PageQuery) -> Outcome<Page<User>> {
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::decode).transpose()?.unwrap_or_default();
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let total = reader.count_members().await?;
    let mut rows = reader.members(&after, limit + 1, ctx.now.micros()).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| row.email.clone());
    Ok(Page { items: rows.into_iter().map(user).collect(), next_cursor, total: Some(total) })
}

/// # Errors
/// No such member.
pub async fn show(ctx: &Ctx, id: &str) -> Outcome<User> {
    let mut reader = ctx.app.store.read().await?;
    reader.project(&ctx.project.id).member(id, ctx.now.micros()).await?.map(user).ok_or_else(|| missing(id))
}

/// Somebody who is new to the instance gets a link; somebody who is in it already just joins.
///
/// # Errors
/// A field breaks a rule, or the person is a member already.
pub async fn create(ctx: &Ctx, new: &NewUser) -> Outcome<CreatedUser> {
    ctx.unbound()?;
    let email = folded(&new.email);
    let name = new.name.as_deref().unwrap_or_else(|| email.split('@').next().unwrap_or_default()).trim();
    let mut checks = Checks::under("");
    check_email(&mut checks, &email);
    if new.name.is_some() {
        check_name(&mut checks, name);
    }
    let roles = parse_roles(&mut checks, &new.roles);
    checks.finish()?;
    let mut tx = ctx.write().await?;
    if tx.project().count_members().await? >= limits::USERS_PER_PROJECT {
        let detail = format!("A project has at most {} users; remove some.", limits::USERS_PER_PROJECT);
        return Err(Refusal::invalid("", detail));
    }
    let person = tx.person_of(&ctx.new_id(), &email, name).await?;
    if !tx.add_member(&person.id, &roles.to_string(), &ctx.caller.name).await? {
        let detail = format!("{email} is a member of this project already.");
        return Err(Refusal::new(Code::EmailTaken, detail));
    }
    // A link opens the whole account, so no project gives one to somebody of another.
    let invited = person.password_hash.is_none() && is_ours(ctx, &mut tx, &person).await?;
    let link = if invited { Some(new_link(ctx, &mut tx, &person.id).await?) } else { None };
    let row = member(&mut tx, &person.id).await?;
    let detail =
        json!({"id": row.id, "email": row.email, "name": row.name, "roles": row.roles, "link": invited});
    let audit = ctx.audit("user.create", &detail);
    ctx.commit(tx, audit).await?;
    let (link, link_url) = link.map_or((None, None), |link| (Some(link.link), link.link_url));
    Ok(CreatedUser { user: user(row), link, link_url })
}

/// Whether who asks may do what concerns the whole person: administrators of the instance, and those of the only project
/// that the person is in.
async fn is_ours(ctx: &Ctx, tx: &mut WriteTx, person: &PersonRow) -> Outcome<bool> {
    if ctx.caller.instance_admin {
        return Ok(true);
    }
    let memberships = tx.find_memberships(&person.id).await?;
    Ok(!person.instance_admin
        && memberships.iter().all(|membership| membership.project_id == ctx.project.id.as_str()))
}

async fn new_link(ctx: &Ctx, tx: &mut WriteTx, person: &str) -> Outcome<UserLink> {
    let (token, hash) = new_token(&ctx.app, LINK);
    let until = tx.at().plus_seconds(3_600 * limits::LINK_HOURS);
    tx.set_link(person, &hex(&hash), until.micros()).await?;
    let link = format!("/welcome#link={token}");
    Ok(UserLink { link_url: ctx.app.people.url(&link), link, expires_at: until.to_rfc3339() })
}

/// A member as the change sees it.
async fn member(tx: &mut WriteTx, id: &str) -> Outcome<MemberRow> {
    let at = tx.at().micros();
    tx.project().member(id, at).await?.ok_or_else(|| missing(id))
}

/// The same with the person behind it.
async fn found(tx: &mut WriteTx, id: &str) -> Outcome<(MemberRow, PersonRow)> {
    let member = member(tx, id).await?;
    let person = tx.find_person(id).await?.ok_or_else(|| missing(id))?;
    Ok((member, person))
}

/// Other roles, another name. The keys of the person do no more than the roles from then on.
///
/// # Errors
/// No such member, a field breaks a rule, or an administrator would be locked out.
pub async fn update(ctx: &Ctx, id: &str, patch: &PatchUser) -> Outcome<User> {
    ctx.unbound()?;
    let mut checks = Checks::under("");
    let roles = patch.roles.as_deref().map(|words| parse_roles(&mut checks, words));
    if let Some(name) = &patch.name {
        check_name(&mut checks, name);
    }
    checks.finish()?;
    let mut tx = ctx.write().await?;
    let (member, person) = found(&mut tx, id).await?;
    let before = Roles::from_stored(&member.roles);
    let name = patch.name.as_deref().map(str::trim).filter(|name| *name != person.name);
    if let Some(name) = name {
        if ctx.caller.person() != Some(id) && !is_ours(ctx, &mut tx, &person).await? {
            return Err(not_ours("be called otherwise"));
        }
        tx.rename_person(id, name).await?;
    }
    let changed = roles.filter(|roles| *roles != before);
    if let Some(roles) = changed {
        if before.is_admin() && !roles.is_admin() {
            keep_an_admin(ctx, &mut tx, &person).await?;
        }
        tx.set_roles(id, &roles.to_string()).await?;
        limit_keys(&mut tx, id, limit_of(roles, person.instance_admin)).await?;
    }
    let row = self::member(&mut tx, id).await?;
    if name.is_none() && changed.is_none() {
        return Ok(user(row));
    }
    let about = |row: &MemberRow| json!({"name": row.name, "roles": row.roles});
    let detail = json!({"id": id, "email": row.email, "before": about(&member), "after": about(&row)});
    let audit = ctx.audit("user.update", &detail);
    ctx.commit(tx, audit).await?;
    Ok(user(row))
}

fn not_ours(what: &str) -> Refusal {
    let detail = format!(
        "The person is also in another project, or is an administrator of the instance: only an administrator of the \
         instance decides that they {what}."
    );
    Refusal::new(Code::Forbidden, detail)
}

/// # Errors
/// Nobody would be left who can undo what takes `admin` from this person.
async fn keep_an_admin(ctx: &Ctx, tx: &mut WriteTx, person: &PersonRow) -> Outcome<()> {
    let refuse = |why: &str| Err(Refusal::new(Code::LastAdmin, why));
    if person.instance_admin && tx.instance_admins().await? <= 1 {
        return refuse("This is the last administrator of the instance.");
    }
    if ctx.caller.person() == Some(&person.id) && !ctx.caller.instance_admin {
        return refuse(
            "You would lock yourself out of the project's administration. Another administrator can do it.",
        );
    }
    Ok(())
}

/// Keys of a person may do what they were made for, as far as the person may.
async fn limit_keys(tx: &mut WriteTx, person: &str, limit: Scopes) -> Outcome<()> {
    for key in tx.project().keys_of(person).await? {
        let granted = Scopes::from_stored(key.granted.as_deref().unwrap_or(&key.scopes));
        let scopes = granted.within(limit);
        if scopes != Scopes::from_stored(&key.scopes) {
            tx.set_key_scopes(&key, &scopes.to_string()).await?;
        }
    }
    Ok(())
}

/// Out of the project, with the keys that the person owns in it.
///
/// # Errors
/// No such member, or an administrator would be locked out.
pub async fn remove(ctx: &Ctx, id: &str) -> Outcome<()> {
    ctx.unbound()?;
    let mut tx = ctx.write().await?;
    let (member, person) = found(&mut tx, id).await?;
    if person.instance_admin || Roles::from_stored(&member.roles).is_admin() {
        keep_an_admin(ctx, &mut tx, &person).await?;
    }
    let keys = tx.project().keys_of(id).await?;
    for key in &keys {
        tx.revoke_key(key).await?;
    }
    tx.remove_member(id).await?;
    if !person.instance_admin && tx.find_memberships(id).await?.is_empty() {
        tx.end_sessions(id, None).await?;
    }
    let keys: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    let detail = json!({
        "id": id, "email": member.email, "name": member.name, "roles": member.roles, "revoked_keys": keys,
    });
    let audit = ctx.audit("user.delete", &detail);
    ctx.commit(tx, audit).await?;
    Ok(())
}

/// A new link, for somebody who lost theirs or their password.
///
/// # Errors
/// No such member, or the person is not this project's alone.
pub async fn link(ctx: &Ctx, id: &str) -> Outcome<UserLink> {
    ctx.unbound()?;
    let mut tx = ctx.write().await?;
    let (member, person) = found(&mut tx, id).await?;
    if !is_ours(ctx, &mut tx, &person).await? {
        return Err(not_ours("get a new link"));
    }
    let link = new_link(ctx, &mut tx, id).await?;
    let detail = json!({"id": id, "email": member.email, "name": member.name, "expires_at": link.expires_at});
    let audit = ctx.audit("user.link", &detail);
    ctx.commit(tx, audit).await?;
    Ok(link)
}
