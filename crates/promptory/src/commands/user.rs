//! `promptory user …`

use clap::{Args, Subcommand};
use promptory_api::page::Page;
use promptory_api::people::{CreatedUser, NewUser, PatchUser, SetUpAddress, User as UserAnswer, UserLink};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{minute, option_or_dash};

const ROLES: [&str; 5] = ["viewer", "editor", "approver", "operator", "admin"];

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Members of the project.
    List {
        /// At most so many members; absent: all.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Take somebody into the project; the link with which they set a password is shown this once.
    Add(Add),
    /// Give a member other roles, in place of those they have.
    Roles {
        /// Email or id.
        user: String,
        #[arg(long = "role", value_name = "ROLE", required = true, value_delimiter = ',', value_parser = ROLES)]
        roles: Vec<String>,
    },
    /// Take somebody out of the project, with the keys that they own in it.
    Remove {
        /// Email or id.
        user: String,
    },
    /// A new link for a lost password; it is the only line on standard output.
    Link {
        /// Email or id.
        user: String,
    },
    /// Where the first account is made (for the administrator's key); exit code 1 when there is one.
    Setup,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    email: String,
    /// Absent: what stands before the @.
    #[arg(long)]
    name: Option<String>,
    /// May be given several times, or with commas.
    #[arg(long = "role", value_name = "ROLE", required = true, value_delimiter = ',', value_parser = ROLES)]
    roles: Vec<String>,
}

impl User {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List { limit } => list(context, limit).await,
            Self::Add(add) => add.run(context).await,
            Self::Roles { user, roles } => {
                let body = PatchUser { roles: Some(roles), name: None };
                let answer = context.client.patch(&route(context, &user).await?, &body).await?;
                context.show(&answer, |user: &UserAnswer| {
                    format!("{} is {} from now on.", user.name, user.roles.join(", "))
                })
            }
            Self::Remove { user } => {
                context.client.delete(&route(context, &user).await?).await?;
                context.out.aside(&format!("{user} is out of the project. Their keys are revoked."));
                Ok(())
            }
            Self::Link { user } => {
                let answer = context.client.post_empty(&route(context, &user).await?.then("/link")).await?;
                if context.out.is_json() {
                    return context.out.json(&answer.body);
                }
                let link: UserLink = answer.parse()?;
                context.out.aside(&format!("Valid once, until {}.", minute(&link.expires_at)));
                context.out.block(&address(context, &link.link, link.link_url.as_deref()))
            }
            Self::Setup => setup(context).await,
        }
    }
}

impl Add {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let body = NewUser { email: self.email, name: self.name, roles: self.roles };
        let answer = context.client.post(&Route::new("/users"), &body).await?;
        if context.out.is_json() {
            return context.out.json(&answer.body);
        }
        let CreatedUser { user, link, link_url } = answer.parse()?;
        let joined = format!("{} ({}) is {} in the project.", user.name, user.email, user.roles.join(", "));
        let Some(link) = link else {
            let why = "They have an account, or were given a link in another project.";
            context.out.aside(&format!("{joined} {why}"));
            return Ok(());
        };
        context
            .out
            .aside(&format!("{joined}\nThe link sets their password. It is valid once, for 72 hours:"));
        context.out.block(&address(context, &link, link_url.as_deref()))
    }
}

/// A server that does not know its address is where it was found.
fn address(context: &Context, path: &str, url: Option<&str>) -> String {
    url.map_or_else(|| format!("{}{path}", context.client.base().trim_end_matches('/')), str::to_owned)
}

async fn setup(context: &Context) -> Result<(), Failure> {
    let answer = match context.client.get(&Route::new("/session/setup")).await {
        Err(Failure::Refused { status: 409, .. }) => {
            context.out.aside("An administrator of the instance exists: sign in.");
            return Err(Failure::No);
        }
        answer => answer?,
    };
    if context.out.is_json() {
        return context.out.json(&answer.body);
    }
    let setup: SetUpAddress = answer.parse()?;
    context.out.block(&address(context, &setup.link, setup.link_url.as_deref()))
}

/// By id, or by an email, which is looked for among the members.
async fn route(context: &Context, user: &str) -> Result<Route, Failure> {
    if !user.contains('@') {
        return Route::new("/users").segment(user);
    }
    let email = user.trim().to_lowercase();
    let all: Page<UserAnswer> = context.client.list(Route::new("/users"), None).await?.parse()?;
    let found = all.items.into_iter().find(|member| member.email == email);
    let found = found.ok_or_else(|| Failure::Local(format!("There is no user {email} in this project.")))?;
    Route::new("/users").segment(&found.id)
}

async fn list(context: &Context, limit: Option<usize>) -> Result<(), Failure> {
    let answer = context.client.list(Route::new("/users"), limit).await?;
    let header = ["EMAIL", "NAME", "ROLES", "STATUS", "KEYS", "LAST SEEN", "ID"];
    let empty = "No users here. `promptory user add EMAIL --role editor` invites one.";
    context.show_list(&answer, &header, empty, |user: &UserAnswer| {
        let mut roles = user.roles.join(" ");
        if user.instance_admin {
            roles.push_str(" (of the server)");
        }
        vec![
            user.email.clone(),
            user.name.clone(),
            roles,
            user.status.clone(),
            user.keys.to_string(),
            option_or_dash(user.last_seen.as_deref().map(minute).as_deref()),
            user.id.clone(),
        ]
    })
}
