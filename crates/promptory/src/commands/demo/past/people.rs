//! Those who worked with the demo. They act by keys of their own, which end with the play; whoever tries the demo can
//! sign in as each of them.

use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use promptory_api::access::{CreatedKey, NewKey};
use promptory_api::people::{CreatedUser, NewUser, SpendLink};
use promptory_server::ids::{IdGen, SystemIds, hex};

use super::Stage;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

const FILE: &str = "demo.password";
const BYTES: usize = 12;
/// Everybody writes and releases; these do more.
const MORE: [(&str, &str); 3] =
    [("Hanna Berg", "admin"), ("Lena Okafor", "approver"), ("Priya Nair", "approver")];

/// One for all.
pub(super) struct Password {
    text: String,
    pub(super) file: PathBuf,
}

/// Random, and kept beside the data for whoever tries the demo.
pub(super) fn password(data: &Path) -> anyhow::Result<Password> {
    let file = data.join(FILE);
    let unwritable = || format!("cannot write {}", file.display());
    std::fs::create_dir_all(data).with_context(unwritable)?;
    if let Ok(text) = std::fs::read_to_string(&file) {
        return Ok(Password { text: text.trim().to_owned(), file });
    }
    let mut random = [0; BYTES];
    SystemIds.bytes(&mut random);
    let text = hex(&random);
    let mut written =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).with_context(unwritable)?;
    writeln!(written, "{text}").with_context(unwritable)?;
    Ok(Password { text, file })
}

pub(super) fn email(name: &str) -> String {
    format!("{}@example.com", name.to_lowercase().replace(' ', "."))
}

impl Stage<'_> {
    /// Invites somebody, who comes and makes a key.
    pub(super) async fn join(&self, admin: &Context, name: &str) -> Result<Context, Failure> {
        let more = MORE.iter().find(|(person, _)| *person == name).map(|(_, role)| *role);
        let body = NewUser {
            email: email(name),
            name: Some(name.to_owned()),
            roles: ["editor", "operator"].into_iter().chain(more).map(str::to_owned).collect(),
        };
        let invited: CreatedUser = admin.client.post(&Route::new("/users"), &body).await?.parse()?;
        let link = invited.link.as_deref().and_then(|link| link.split_once("#link="));
        let (_, token) = link.ok_or_else(|| Failure::Local(format!("{name} got no link")))?;
        let spent = SpendLink { token: token.to_owned(), name: None, password: self.password.text.clone() };
        let signed_in = admin.client.begin(&Route::new("/session/link"), &spent).await?;
        let may: &[&str] = match more {
            Some("admin") => &["admin"],
            Some(_) => &["read", "write", "deploy", "approve"],
            None => &["read", "write", "deploy"],
        };
        let body = NewKey {
            name: name.to_owned(),
            scopes: may.iter().map(|scope| (*scope).to_owned()).collect(),
            environment: None,
            expires_at: Some(self.ends.clone()),
            user: None,
        };
        let made: CreatedKey = signed_in.post(&Route::new("/session/keys"), &body).await?.parse()?;
        signed_in.sign_out().await?;
        self.context(&made.key)
    }
}
