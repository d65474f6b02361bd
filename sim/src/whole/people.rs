//! People with browsers: they sign in, and again when their session has ended.

use anyhow::{Result, ensure};
use http::Method;
use promptory_core::access::Roles;
use serde_json::json;

use super::server::{Key, Server};

/// Shorter than a session lasts, in microseconds.
pub const SESSION: i64 = 12 * 86_400 * 1_000_000;
const PASSWORD: &str = "a long walk";
const PEOPLE: [(&str, &str); 9] = [
    ("ada", "editor approver"),
    ("ben", "approver"),
    ("cid", "approver operator"),
    ("dan", "approver editor"),
    ("olga", "operator"),
    ("otto", "operator editor"),
    ("eve", "editor"),
    ("ann", "admin"),
    ("abe", "admin"),
];

pub struct Member {
    pub id: String,
    pub name: &'static str,
    pub roles: Roles,
    pub cookie: String,
    pub csrf: String,
    /// When they signed in.
    pub since: i64,
}

impl Member {
    fn email(&self) -> String {
        format!("{}@example.com", self.name)
    }

    pub fn key(&self) -> Key<'_> {
        Key::Session { cookie: &self.cookie, csrf: &self.csrf }
    }

    pub fn is(&self, role: &str) -> bool {
        self.roles.any_of(Roles::from_stored(role))
    }

    /// An administrator, or somebody who releases and approves.
    pub fn may_in_emergency(&self) -> bool {
        self.is("admin") || (self.is("operator") && self.is("approver"))
    }

    pub async fn sign_in(&mut self, server: &Server, now: i64) -> Result<()> {
        let body = json!({"email": self.email(), "password": PASSWORD});
        let begun = server.ask(&Key::Nobody, Method::POST, "/session", Some(&body)).await?;
        ensure!(begun.status == 201, "{} cannot sign in: {begun:?}", self.name);
        (self.cookie, self.csrf) = (begun.cookie.clone().unwrap_or_default(), begun.text("/csrf"));
        self.since = now;
        Ok(())
    }
}

/// All of them, invited.
pub async fn invite(server: &Server, now: i64) -> Result<Vec<Member>> {
    let mut people = Vec::new();
    for (name, roles) in PEOPLE {
        let mut member = Member {
            id: String::new(),
            name,
            roles: Roles::from_stored(roles),
            cookie: String::new(),
            csrf: String::new(),
            since: now,
        };
        let words: Vec<&str> = roles.split(' ').collect();
        let body = json!({"email": member.email(), "roles": words});
        let invited = server.ask(&Key::Administrator, Method::POST, "/users", Some(&body)).await?;
        ensure!(invited.status == 201, "{name} cannot be invited: {invited:?}");
        member.id = invited.text("/id");
        let link = invited.text("/link");
        let token = link.split_once("#link=").map(|(_, token)| token.to_owned());
        let body = json!({"token": token, "password": PASSWORD});
        let begun = server.ask(&Key::Nobody, Method::POST, "/session/link", Some(&body)).await?;
        ensure!(begun.status == 201, "{name} cannot come in: {begun:?}");
        (member.cookie, member.csrf) = (begun.cookie.clone().unwrap_or_default(), begun.text("/csrf"));
        people.push(member);
    }
    Ok(people)
}
