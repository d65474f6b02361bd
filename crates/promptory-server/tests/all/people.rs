//! People of the stories: with browsers, which keep a cookie.

use promptory_server::app::sign_in::setup_token;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    server::{Person, Server},
};

pub(crate) const PASSWORD: &str = "a long walk";

/// What a browser keeps of an answer that begins a session.
pub(crate) fn cookie(answer: &Answer) -> String {
    let kept = answer.header("set-cookie").unwrap_or_else(|| panic!("no cookie: {answer}"));
    kept.split(';').next().expect("a pair").to_owned()
}

impl Server {
    /// A browser with the session of this answer.
    pub(crate) fn browser(&self, begun: &Answer) -> Person {
        self.anon().with("cookie", &cookie(begun)).with("x-csrf-token", &begun.field("/csrf"))
    }

    pub(crate) async fn set_up(&self, email: &str) -> Answer {
        let body =
            json!({"token": setup_token(&self.app), "email": email, "name": "Ada", "password": PASSWORD});
        self.later().anon().post("/session/setup", body).await
    }

    /// The first account.
    pub(crate) async fn first(&self) -> Person {
        let begun = self.set_up("ada@example.com").await.is(201);
        self.browser(&begun)
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.anon().post("/session", json!({"email": email, "password": password})).await
    }

    pub(crate) async fn spend(&self, link: &str, password: &str) -> Answer {
        let token = link.split_once("#link=").expect("a link").1;
        self.later().anon().post("/session/link", json!({"token": token, "password": password})).await
    }

    /// Somebody new with these roles in the project `default`: the id, and a browser.
    pub(crate) async fn member(&self, email: &str, roles: &[&str]) -> (String, Person) {
        self.member_of("default", email, roles).await
    }

    pub(crate) async fn member_of(&self, project: &str, email: &str, roles: &[&str]) -> (String, Person) {
        let invited = self.admin().with("x-project", project).invite(email, roles).await.is(201);
        let begun = self.spend(&invited.field("/link"), PASSWORD).await.is(201);
        (invited.field("/id"), self.browser(&begun))
    }
}

impl Person {
    pub(crate) async fn invite(&self, email: &str, roles: &[&str]) -> Answer {
        self.post("/users", json!({"email": email, "roles": roles})).await
    }

    pub(crate) async fn session(&self) -> Value {
        self.get("/session").await.good().json()
    }

    /// Without one of the headers.
    pub(crate) fn without(&self, name: &str) -> Self {
        let mut person = self.clone();
        person.headers.retain(|(known, _)| known != name);
        person
    }
}
