//! `promptory key …`

use clap::{Args, Subcommand};
use promptory_api::access::{CreatedKey, Key as KeyAnswer, NewKey};

use crate::context::Context;
use crate::failure::Failure;
use crate::input::read_password;
use crate::route::Route;
use crate::text::{minute, option_or_dash};

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// A new key: the only line on standard output, shown this once.
    Create(Create),
    /// Keys of the project, without the keys themselves.
    List {
        /// At most so many keys; absent: all.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Make a key worthless, everywhere, within a second.
    Revoke { id: String },
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    name: String,
    /// May be given several times, or with commas.
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_delimiter = ',',
        value_parser = ["read", "render", "write", "deploy", "approve", "record", "test", "admin"])]
    scopes: Vec<String>,
    /// Then the key's default and the only environment it may use.
    #[arg(long)]
    environment: Option<String>,
    /// Such as 2027-01-01T00:00:00Z; absent: never.
    #[arg(long, value_name = "TIME")]
    expires_at: Option<String>,
    /// Whose key it is: email or id of a member. It does no more than their roles, and ends with their membership.
    #[arg(long)]
    user: Option<String>,
    /// A key of your own, that decides on approvals as you do: your email. The password is asked for, or read from
    /// standard input; no key is needed.
    #[arg(long, value_name = "EMAIL", conflicts_with = "user")]
    sign_in: Option<String>,
}

impl Key {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Create(create) => create.run(context).await,
            Self::List { limit } => list(context, limit).await,
            Self::Revoke { id } => {
                let answer = context.client.delete(&Route::new("/keys").segment(&id)?).await?;
                context.show(&answer, |key: &KeyAnswer| {
                    format!("The key {} ({}…) is revoked.", key.name, key.prefix)
                })
            }
        }
    }
}

impl Create {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let body = NewKey {
            name: self.name,
            scopes: self.scopes,
            environment: self.environment,
            expires_at: self.expires_at,
            user: self.user.map(Some),
        };
        let answer = match self.sign_in {
            None => context.client.post(&Route::new("/keys"), &body).await?,
            Some(email) => {
                let signed_in = context.client.sign_in(&email, read_password(&email)?).await?;
                let made = signed_in.post(&Route::new("/session/keys"), &body).await;
                signed_in.sign_out().await?;
                made?
            }
        };
        if context.out.is_json() {
            return context.out.json(&answer.body);
        }
        let key: CreatedKey = answer.parse()?;
        let place = key.environment.as_deref().map(|name| format!(", only in {name}")).unwrap_or_default();
        let end = key
            .expires_at
            .as_deref()
            .map_or("never expires".to_owned(), |at| format!("expires {}", minute(at)));
        let of = key.user.as_ref().map(|user| format!(" of {}", user.name)).unwrap_or_default();
        context.out.aside(&format!(
            "Created the key {}{of} (id {}): {}{place}; {end}.\nKeep it: it is shown only here.",
            key.name,
            key.id,
            key.scopes.join(", ")
        ));
        context.out.block(&key.key)
    }
}

async fn list(context: &Context, limit: Option<usize>) -> Result<(), Failure> {
    let answer = context.client.list(Route::new("/keys"), limit).await?;
    let header = ["ID", "NAME", "BEGINS", "SCOPES", "ENVIRONMENT", "OF", "STATE"];
    let empty = "No keys here. `promptory key create NAME --scope read --scope render` makes one.";
    context.show_list(&answer, &header, empty, |key: &KeyAnswer| {
        vec![
            key.id.clone(),
            key.name.clone(),
            key.prefix.clone(),
            key.scopes.join(" "),
            option_or_dash(key.environment.as_deref()),
            option_or_dash(key.user.as_ref().map(|user| user.name.as_str())),
            state(key),
        ]
    })
}

fn state(key: &KeyAnswer) -> String {
    match (&key.revoked_at, &key.expires_at) {
        (Some(at), _) => format!("revoked {}", minute(at)),
        (None, Some(at)) => format!("until {}", minute(at)),
        (None, None) => "valid".to_owned(),
    }
}
