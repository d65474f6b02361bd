//! Signing in: by password, by a one-time link, and the first account of all. Each ends in a session.

use promptory_api::people::{ChangePassword, Session, SessionUser, SetUp, SetUpAddress, SignIn, SpendLink};
use promptory_core::{access::Roles, limits, time::Timestamp};
use promptory_store::{NewSession, PersonRow, WriteTx};
use serde_json::json;

use super::{
    App, Ctx, Outcome,
    denials::Denial,
    passwords::objection,
    people::{Visit, new_token, same},
    sessions::{check_csrf, lasts_until, session},
};
use crate::{
    check::Checks,
    ids::hex,
    refusal::{Code, Refusal},
    serving::{Who, secret_hash},
    start::DEFAULT_PROJECT,
};

/// The front of a session's secret.
const SESSION: &str = "ps_";
/// What the token of the first account is derived for.
const SETUP: &str = "setup";
/// Of a hashed email in the audit log: enough to see that it is the same one.
const HASH_CHARS: usize = 12;

/// A session that has begun: the secret for the cookie, and what its owner is told.
pub type Opened = (String, Session);

/// As emails are stored and compared.
pub(super) fn folded(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The token of the first account: derived, so that every server of the database knows the same one.
pub fn setup_token(app: &App) -> String {
    hex(&app.tokens.secret_for(SETUP))
}

/// Where the first account is made, while there is none.
///
/// # Errors
/// There is one.
pub async fn set_up_address(app: &App) -> Outcome<SetUpAddress> {
    if app.store.read().await?.count_instance_admins().await? > 0 {
        return Err(already_set_up());
    }
    let link = format!("/welcome#token={}", setup_token(app));
    Ok(SetUpAddress { link_url: app.people.url(&link), link })
}

/// # Errors
/// Too many attempts, the wrong place, or it does not fit; which part does not is never said.
pub async fn sign_in(visit: &Visit, given: &SignIn) -> Outcome<Opened> {
    visit.attempt()?;
    let email = folded(&given.email);
    let person = visit.app.store.read().await?.person_by_email(&email).await?;
    let stored = person.as_ref().and_then(|person| person.password_hash.as_deref());
    let right = visit.app.people.passwords.verify(&given.password, stored).await?;
    let Some(person) = person.filter(|_| right) else { return Err(wrong(visit, &email)) };
    let mut tx = visit.write().await?;
    // Under the lock: the password may have been changed meanwhile, the person removed.
    let still =
        tx.find_person(&person.id).await?.is_some_and(|now| now.password_hash == person.password_hash);
    if !still || (tx.find_memberships(&person.id).await?.is_empty() && !person.instance_admin) {
        return Err(wrong(visit, &email));
    }
    let opened = open(visit, &mut tx, &person).await?;
    visit.commit(tx, (&person.id, &person.name), "session.create", &json!({})).await?;
    visit.app.metrics.sign_in("ok");
    Ok(opened)
}

/// Counted for the audit log, without the password, and of the email no more than a hash.
fn wrong(visit: &Visit, email: &str) -> Refusal {
    let hash = hex(&secret_hash(email)).chars().take(HASH_CHARS).collect::<String>();
    refused(visit, format!("email:{hash}"), "POST /api/v1/session");
    Refusal::new(Code::SignInFailed, "The email or the password is wrong.")
}

fn refused(visit: &Visit, prefix: String, route: &str) {
    visit.app.metrics.sign_in("refused");
    visit.app.denials.count(Denial {
        project: visit.app.instance.clone(),
        prefix,
        address: visit.address.map(|address| address.to_string()).unwrap_or_default(),
        route: route.to_owned(),
        code: Code::SignInFailed.as_str(),
    });
}

/// A session of this person, in the same commit as what leads to it.
async fn open(visit: &Visit, tx: &mut WriteTx, person: &PersonRow) -> Outcome<Opened> {
    let (secret, hash) = new_token(&visit.app, SESSION);
    let at = tx.at();
    let row = NewSession {
        hash: hex(&hash),
        person_id: person.id.clone(),
        expires_at: lasts_until(at, at).micros(),
        address: visit.address.map(|address| address.to_string()).unwrap_or_default(),
    };
    tx.insert_session(&row).await?;
    let memberships = tx.find_memberships(&person.id).await?;
    let user = SessionUser {
        id: person.id.clone(),
        email: person.email.clone(),
        name: person.name.clone(),
        instance_admin: person.instance_admin,
    };
    let told = session(&visit.app, user, &memberships, &secret);
    Ok((secret, told))
}

/// Without a session there is nothing to do.
///
/// # Errors
/// The request does not come from a page of this server.
pub async fn sign_out(visit: &Visit) -> Outcome<()> {
    let Some(secret) = &visit.secret else { return Ok(()) };
    let hash = hex(&secret_hash(secret));
    let found = visit.app.store.read().await?.session(&hash, visit.now.micros()).await?;
    let Some(row) = found else { return Ok(()) };
    check_csrf(secret, visit.csrf.as_deref())?;
    let mut tx = visit.write().await?;
    if tx.end_session(&hash).await? {
        visit.commit(tx, (&row.person_id, &row.name), "session.delete", &json!({})).await?;
    }
    Ok(())
}

/// The first account: an administrator of the instance, and of the project `default`.
///
/// # Errors
/// There is one already, or the token is not this server's.
pub async fn set_up(visit: &Visit, given: &SetUp) -> Outcome<Opened> {
    visit.attempt()?;
    if visit.app.store.read().await?.count_instance_admins().await? > 0 {
        return Err(already_set_up());
    }
    if !same(&given.token, &setup_token(&visit.app)) {
        refused(visit, "unknown".to_owned(), "POST /api/v1/session/setup");
        let detail = "The token is not the one of this server. It stands in the address that the server prints at its start.";
        return Err(Refusal::new(Code::SignInFailed, detail));
    }
    let email = folded(&given.email);
    let mut checks = Checks::under("");
    check_email(&mut checks, &email);
    check_name(&mut checks, &given.name);
    check_password(&mut checks, "/password", &given.password, &email);
    checks.finish()?;
    let hash = visit.app.people.passwords.hash(&*visit.app.ids, &given.password).await?;
    let default = visit.app.serving.project_named(DEFAULT_PROJECT);
    let mut tx = visit.write().await?;
    if tx.instance_admins().await? > 0 {
        return Err(already_set_up());
    }
    let mut person = tx.person_of(&visit.new_id(), &email, given.name.trim()).await?;
    if person.password_hash.is_some() {
        // Somebody who was invited and came: nobody else sets their password.
        return Err(Refusal::new(Code::EmailTaken, "There is an account with this email; use another one."));
    }
    tx.make_instance_admin(&person.id).await?;
    tx.rename_person(&person.id, given.name.trim()).await?;
    tx.set_password(&person.id, &hash).await?;
    (person.instance_admin, person.name) = (true, given.name.trim().to_owned());
    if let Some(project) = default {
        let admin = Roles::ADMIN.to_string();
        if !tx.add_member_of(&project.id, &person.id, &admin, &person.name).await? {
            tx.set_roles_of(&project.id, &person.id, &admin).await?;
        }
    }
    let opened = open(visit, &mut tx, &person).await?;
    let detail = json!({"id": person.id, "email": person.email, "name": person.name, "instance_admin": true});
    visit.commit(tx, (&person.id, &person.name), "user.setup", &detail).await?;
    visit.app.metrics.sign_in("ok");
    Ok(opened)
}

fn already_set_up() -> Refusal {
    Refusal::new(
        Code::AlreadySetUp,
        "An administrator of the instance exists. Sign in, or ask for an invitation.",
    )
}

/// # Errors
/// The link is not valid any more, or the password cannot be taken; then the link stays as it is.
pub async fn spend_link(visit: &Visit, given: &SpendLink) -> Outcome<Opened> {
    visit.attempt()?;
    let link = hex(&secret_hash(&given.token));
    let person = visit.app.store.read().await?.person_by_link(&link).await?;
    let person = person.filter(|person| is_open(person, visit.now)).ok_or_else(|| spent(visit))?;
    let mut checks = Checks::under("");
    if let Some(name) = &given.name {
        check_name(&mut checks, name);
    }
    check_password(&mut checks, "/password", &given.password, &person.email);
    checks.finish()?;
    let hash = visit.app.people.passwords.hash(&*visit.app.ids, &given.password).await?;
    let mut tx = visit.write().await?;
    let person = tx.find_person_by_link(&link).await?;
    let mut person = person.filter(|person| is_open(person, visit.now)).ok_or_else(|| spent(visit))?;
    if tx.find_memberships(&person.id).await?.is_empty() && !person.instance_admin {
        return Err(spent(visit));
    }
    let reset = person.password_hash.is_some();
    tx.set_password(&person.id, &hash).await?;
    if let Some(name) = &given.name {
        name.trim().clone_into(&mut person.name);
        tx.rename_person(&person.id, &person.name).await?;
    }
    tx.end_sessions(&person.id, None).await?;
    let opened = open(visit, &mut tx, &person).await?;
    let detail = json!({"id": person.id, "email": person.email, "name": person.name, "reset": reset});
    visit.commit(tx, (&person.id, &person.name), "user.password", &detail).await?;
    visit.app.metrics.sign_in("ok");
    Ok(opened)
}

fn is_open(person: &PersonRow, now: Timestamp) -> bool {
    person.link_expires_at.is_some_and(|until| now.micros() < until)
}

fn spent(visit: &Visit) -> Refusal {
    refused(visit, "unknown".to_owned(), "POST /api/v1/session/link");
    let detail = format!(
        "The link was used, replaced by a newer one, or is older than {} hours. Ask an administrator for a new one.",
        limits::LINK_HOURS
    );
    Refusal::new(Code::LinkSpent, detail)
}

/// Ends all other sessions of the person.
///
/// # Errors
/// No session, the present password is wrong, or the new one cannot be taken.
pub async fn change_password(ctx: &Ctx, visit: &Visit, given: &ChangePassword) -> Outcome<()> {
    let Who::Person { id, session } = &ctx.caller.who else {
        let detail = "A key has no password. Sign in, and send the cookie of the session.";
        return Err(Refusal::new(Code::Forbidden, detail));
    };
    visit.attempt()?;
    let person = ctx.app.store.read().await?.person(id).await?;
    let ended = || Refusal::new(Code::Unauthenticated, "The session has ended. Sign in again.");
    let person = person.ok_or_else(ended)?;
    let passwords = &ctx.app.people.passwords;
    if !passwords.verify(&given.current, person.password_hash.as_deref()).await? {
        return Err(Refusal::invalid("/current", "This is not your present password."));
    }
    let mut checks = Checks::under("");
    check_password(&mut checks, "/new", &given.new, &person.email);
    checks.finish()?;
    let hash = passwords.hash(&*ctx.app.ids, &given.new).await?;
    let mut tx = visit.write().await?;
    if tx.find_person(id).await?.is_none_or(|now| now.password_hash != person.password_hash) {
        return Err(Refusal::new(Code::Changed, "The password was changed meanwhile. Sign in again."));
    }
    tx.set_password(id, &hash).await?;
    tx.end_sessions(id, Some(&hex(session))).await?;
    let detail = json!({"id": person.id, "email": person.email, "name": person.name, "reset": false});
    visit.commit(tx, (id, &person.name), "user.password", &detail).await
}

pub(super) fn check_email(checks: &mut Checks, email: &str) {
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
    let fits =
        email.split_once('@').is_some_and(|(who, place)| plain(who) && plain(place) && !place.contains('@'));
    if !fits || email.len() > limits::EMAIL_BYTES {
        checks.add("email", "/email", "This is no email address, such as ada@example.com.");
    }
}

pub(super) fn check_name(checks: &mut Checks, name: &str) {
    if name.trim().is_empty() {
        checks.add("empty", "/name", "Say what the person is called.");
    }
    checks.text("/name", Some(name), limits::SHORT_TEXT_BYTES);
}

fn check_password(checks: &mut Checks, field: &str, password: &str, email: &str) {
    if let Some(why) = objection(password, email) {
        checks.add("password", field, why);
    }
}
