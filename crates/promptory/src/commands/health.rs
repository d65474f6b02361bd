//! `promptory health`: for containers and service managers, which have no other program at hand.

use serde_json::Value;

use crate::context::Context;
use crate::failure::Failure;

/// Whether prompts can be served: what `/readyz` says. Needs no key.
pub(crate) async fn run(context: &Context) -> Result<(), Failure> {
    let (status, body) = context.client.open("/readyz").await?;
    let readiness: Value = serde_json::from_str(&body).map_err(|_| {
        Failure::Unreachable(format!("{} does not answer as Promptory does", context.client.base()))
    })?;
    if context.out.is_json() {
        context.out.json(&body)?;
    } else {
        let word = |part: &str| readiness[part].as_str().unwrap_or("unknown").to_owned();
        context.out.block(&format!(
            "serve {}, write {}, feed {}",
            word("serve"),
            word("write"),
            word("feed")
        ))?;
    }
    match status {
        200 => Ok(()),
        _ => Err(Failure::Unreachable(format!("{} cannot serve prompts yet", context.client.base()))),
    }
}
