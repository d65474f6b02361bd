//! Sessions: looked up in the database at each request, so that their end holds at once on every server.

use std::sync::Arc;

use promptory_api::people::{Session, SessionProject, SessionUser};
use promptory_core::{
    access::{Permission, Roles, Scopes},
    limits,
    time::Timestamp,
};
use promptory_store::{MembershipRow, SessionRow};
use tracing::warn;

use super::{
    App, Outcome,
    people::{Visit, same},
    projects::INSTANCE,
};
use crate::{
    ids::hex,
    refusal::{Code, Refusal},
    serving::{Caller, ProjectServing, Who, secret_hash},
    start::DEFAULT_PROJECT,
};

/// When a session was last used is written this often.
const TOUCH_EVERY_S: i64 = 3_600;
const DAY_S: i64 = 86_400;

/// Somebody who is signed in.
pub struct SignedIn {
    row: SessionRow,
    hash: [u8; 32],
    memberships: Vec<MembershipRow>,
}

/// How long a session lasts that was begun and last used then.
pub(super) fn lasts_until(begun: Timestamp, used: Timestamp) -> Timestamp {
    let idle = used.plus_seconds(DAY_S * limits::SESSION_IDLE_DAYS);
    idle.min(begun.plus_seconds(DAY_S * limits::SESSION_DAYS))
}

/// What changes something needs beside the cookie: a page of another site cannot know it.
pub fn csrf_token(secret: &str) -> String {
    hex(&secret_hash(&format!("promptory csrf {secret}")))
}

/// # Errors
/// It is missing or another session's.
pub fn check_csrf(secret: &str, given: Option<&str>) -> Outcome<()> {
    if given.is_some_and(|given| same(given, &csrf_token(secret))) {
        return Ok(());
    }
    let detail = "Send the header X-CSRF-Token with the value of `csrf` in GET /api/v1/session.";
    Err(Refusal::new(Code::Csrf, detail))
}

/// Whose session a secret opens; none: it has ended, or its person is in no project any more.
///
/// # Errors
/// The database cannot be read.
pub async fn find(app: &App, secret: &str, now: Timestamp) -> Outcome<Option<SignedIn>> {
    let hash = secret_hash(secret);
    find_by_hash(app, hash, now).await
}

async fn find_by_hash(app: &App, hash: [u8; 32], now: Timestamp) -> Outcome<Option<SignedIn>> {
    let mut reader = app.store.read().await?;
    let Some(row) = reader.session(&hex(&hash), now.micros()).await? else { return Ok(None) };
    let memberships = reader.memberships(&row.person_id).await?;
    drop(reader);
    if memberships.is_empty() && !row.instance_admin {
        return Ok(None);
    }
    if Timestamp::from_micros(row.last_seen).plus_seconds(TOUCH_EVERY_S) <= now {
        let until = lasts_until(Timestamp::from_micros(row.created_at), now);
        // A database that takes no changes right now is no reason to send people away.
        if let Err(error) = app.store.touch_session(&row, now.micros(), until.micros()).await {
            warn!(%error, "the use of a session could not be noted");
        }
    }
    Ok(Some(SignedIn { row, hash, memberships }))
}

/// Whether a stream that a session opened may go on: the session lasts, and its person may still do this there.
pub async fn still_may(
    needs: Permission,
    app: &App,
    session: [u8; 32],
    project: &ProjectServing,
    now: Timestamp,
) -> bool {
    match find_by_hash(app, session, now).await {
        Ok(Some(signed_in)) => needs.allows(signed_in.scopes_in(&project.name), signed_in.row.instance_admin),
        Ok(None) => false,
        // Not known: what is served goes on without the database.
        Err(_) => true,
    }
}

impl SignedIn {
    fn scopes_in(&self, project: &str) -> Scopes {
        if self.row.instance_admin {
            return Scopes::ADMIN;
        }
        let roles = self.memberships.iter().find(|membership| membership.project == project);
        roles.map_or(Scopes::NONE, |membership| Roles::from_stored(&membership.roles).scopes())
    }

    /// The person with the rights of one project: the named one, else the usual one.
    ///
    /// # Errors
    /// No such project for this person.
    pub async fn caller(&self, app: &App, named: Option<&str>, safe: bool) -> Outcome<Arc<Caller>> {
        let name = match (named, self.row.instance_admin, self.memberships.first()) {
            (Some(name), ..) => name,
            (None, true, _) => DEFAULT_PROJECT,
            (None, false, Some(first)) => &first.project,
            (None, false, None) => return Err(Refusal::new(Code::Forbidden, "You are in no project.")),
        };
        let missing = || Refusal::new(Code::NotFound, format!("There is no project {name:?} for you."));
        // The instance's own project holds nothing but its audit log: it is only read.
        let open = self.row.instance_admin && (name != INSTANCE || safe);
        if !open && !self.memberships.iter().any(|membership| membership.project == name) {
            return Err(missing());
        }
        let project = app.serving.project_named(name).ok_or_else(missing)?;
        Ok(Arc::new(Caller {
            serial: 0,
            who: Who::Person { id: self.row.person_id.as_str().into(), session: self.hash },
            name: self.row.name.as_str().into(),
            prefix: format!("user:{}", self.row.person_id).into(),
            scopes: self.scopes_in(name),
            environment: None,
            instance_admin: self.row.instance_admin,
            expires_at: None,
            project,
            writes: app.people.write_limiter(self.hash).await,
        }))
    }
}

/// Who is signed in here.
///
/// # Errors
/// The database cannot be read.
pub async fn state(visit: &Visit) -> Outcome<Session> {
    if let Some(secret) = &visit.secret
        && let Some(SignedIn { row, memberships, .. }) = find(&visit.app, secret, visit.now).await?
    {
        let user = SessionUser {
            id: row.person_id,
            email: row.email,
            name: row.name,
            instance_admin: row.instance_admin,
        };
        return Ok(session(&visit.app, user, &memberships, secret));
    }
    let setup = visit.app.store.read().await?.count_with_password().await? == 0;
    Ok(Session { setup, user: None, csrf: None, projects: Vec::new(), version: version() })
}

fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// What somebody who is signed in is told.
pub(super) fn session(app: &App, user: SessionUser, memberships: &[MembershipRow], secret: &str) -> Session {
    let words = |roles: Roles| roles.words().map(str::to_owned).collect();
    let of = |membership: &MembershipRow| SessionProject {
        id: membership.project_id.clone(),
        name: membership.project.clone(),
        roles: words(Roles::from_stored(&membership.roles)),
    };
    let projects = if user.instance_admin { all_projects(app) } else { memberships.iter().map(of).collect() };
    Session { setup: false, user: Some(user), csrf: Some(csrf_token(secret)), projects, version: version() }
}

fn all_projects(app: &App) -> Vec<SessionProject> {
    let roles = || Roles::ADMIN.words().map(str::to_owned).collect();
    let mut projects: Vec<SessionProject> = app
        .serving
        .projects()
        .iter()
        .filter(|project| project.id != app.instance)
        .map(|project| SessionProject {
            id: project.id.to_string(),
            name: project.name.clone(),
            roles: roles(),
        })
        .collect();
    projects.sort_by(|a, b| a.name.cmp(&b.name));
    projects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lasts_two_weeks_from_its_last_use_and_a_month_in_all() {
        let day = |days: i64| Timestamp::from_micros(1_790_000_000_000_000).plus_seconds(DAY_S * days);
        for (used, until) in [(0, 14), (1, 15), (16, 30), (20, 30), (29, 30)] {
            assert_eq!(lasts_until(day(0), day(used)), day(until), "{used}");
        }
    }

    #[test]
    fn each_session_has_a_token_of_its_own() {
        let token = csrf_token("ps_1");
        assert!(check_csrf("ps_1", Some(&token)).is_ok());
        for given in [None, Some(""), Some("ps_1"), Some(&*csrf_token("ps_2"))] {
            assert!(check_csrf("ps_1", given).is_err_and(|refusal| refusal.code == Code::Csrf), "{given:?}");
        }
    }
}
