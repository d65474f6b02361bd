//! `promptory whoami`

use promptory_api::access::WhoAmI;

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{facts, minute};

pub(crate) async fn run(context: &Context) -> Result<(), Failure> {
    let answer = context.client.get(&Route::new("/whoami")).await?;
    context.show(&answer, |me: &WhoAmI| {
        facts(&[
            ("server", context.client.base().to_owned()),
            ("project", me.project.clone()),
            ("key", me.name.clone()),
            ("of", me.user.as_ref().map(|user| user.name.clone()).unwrap_or_default()),
            ("key id", me.key_id.clone().unwrap_or_default()),
            ("scopes", me.scopes.join(", ")),
            ("environment", me.environment.clone().unwrap_or_else(|| "any".to_owned())),
            ("expires", me.expires_at.as_deref().map_or("never".to_owned(), minute)),
            ("administrator", if me.instance_admin { "of the server" } else { "" }.to_owned()),
        ])
    })
}
