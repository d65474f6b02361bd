//! Asking as somebody who is signed in.

use promptory_api::people::{Session, SignIn};
use reqwest::{Method, header};
use serde::Serialize;

use super::{Client, Who, encode};
use crate::failure::Failure;
use crate::route::Route;

impl Client {
    /// The same server, asked by somebody who signs in.
    pub(crate) async fn sign_in(&self, email: &str, password: String) -> Result<Self, Failure> {
        self.begin(&Route::new("/session"), &SignIn { email: email.to_owned(), password }).await
    }

    /// The same, by whatever begins a session.
    pub(crate) async fn begin(&self, route: &Route, body: &impl Serialize) -> Result<Self, Failure> {
        let nobody = Self { who: None, ..self.clone() };
        let request = nobody.request(&self.http, Method::POST, route);
        let request = request.header(header::CONTENT_TYPE, "application/json").body(encode(body)?);
        let seen = nobody.seen_of(request).await?;
        let strange = || Failure::Unreachable("the server began no session; is it Promptory?".into());
        let cookie = seen.header("set-cookie").and_then(|line| line.split(';').next()).ok_or_else(strange)?;
        let session: Session = serde_json::from_str(&seen.body).map_err(|_| strange())?;
        let csrf = session.csrf.ok_or_else(strange)?;
        Ok(Self { who: Some(Who::Session { cookie: cookie.to_owned(), csrf }), ..nobody })
    }

    pub(crate) async fn sign_out(&self) -> Result<(), Failure> {
        self.delete(&Route::new("/session")).await.map(drop)
    }
}
