//! Who needs a prompt: `promptory prompt dependents` and `promptory prompt uses`

use promptory_api::prompt::{Includer, Use};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{minute, or_dash};

pub(crate) async fn dependents(context: &Context, name: &str, limit: Option<usize>) -> Result<(), Failure> {
    let answer = context.client.list(Route::prompt(name)?.then("/dependents"), limit).await?;
    let header = ["PROMPT", "VERSION", "INCLUDES", "LIVE"];
    let empty = format!("No version includes {name}.");
    context.show_list(&answer, &header, &empty, |includer: &Includer| {
        let live = includer.live.iter();
        let live = live.map(|live| format!("{} with {}", live.environment, live.includes_version));
        vec![
            includer.prompt.clone(),
            includer.version.clone(),
            includer.written.clone(),
            or_dash(&live.collect::<Vec<_>>().join(", ")),
        ]
    })
}

pub(crate) async fn uses(context: &Context, name: &str) -> Result<(), Failure> {
    let answer = context.client.get(&Route::prompt(name)?.then("/uses")).await?;
    let header = ["LAST", "FIRST", "USES", "ENVIRONMENT", "VERSION", "KEY"];
    let empty = format!("{name} was given to nobody yet. Uses arrive here within some ten seconds.");
    context.show_list(&answer, &header, &empty, |row: &Use| {
        vec![
            minute(&row.last_at),
            minute(&row.first_at),
            row.uses.to_string(),
            row.environment.clone(),
            row.version.clone(),
            row.key_name.clone(),
        ]
    })
}
