//! A copy of one version under a new name, with its provenance.

use promptory_api::{
    prompt::{CopyPrompt, NewPrompt, Prompt},
    version::NewVersion,
};
use serde_json::{Map, Value, json};

use super::{Ctx, Outcome, prompts, references, wire};
use crate::{check::Checks, numbers::number_text};

/// The new prompt has the metadata of the old one and one version, 1.0.0. Labels, samples and history stay behind.
///
/// # Errors
/// No such prompt or version, or the new name is taken or breaks a rule.
pub async fn copy(ctx: &Ctx, name: &str, body: &CopyPrompt) -> Outcome<Prompt> {
    let (prompt, version) = {
        let mut reader = ctx.app.store.read().await?;
        let mut reader = reader.project(&ctx.project.id);
        let prompt = references::prompt(&mut reader, name).await?;
        let reference = body.version.as_deref().unwrap_or("latest");
        let version = references::version(ctx, &mut reader, &prompt, reference).await?;
        (prompt, version)
    };
    let damaged = || wire::damaged("version", &version.id);
    let json = |text: &str| serde_json::from_str::<Value>(text).map_err(|_| damaged());
    let number = number_text(version.major, version.minor, version.patch, &version.pre);
    let from = json!({"prompt": prompt.name, "version": number, "content_hash": version.content_hash});
    let mut metadata: Map<String, Value> =
        serde_json::from_str(&prompt.metadata).map_err(|_| wire::damaged("prompt", &prompt.id))?;
    metadata.insert("copied_from".to_owned(), from);
    let (content, variables, settings) =
        (json(&version.content)?, json(&version.variables)?, json(&version.settings)?);
    // What was let pass there is let pass here.
    let secrets = [&content, &variables, &settings].into_iter().any(|value| {
        let mut checks = Checks::strict();
        checks.secrets("", Some(value));
        checks.finish().is_err()
    });
    let new = NewPrompt {
        name: body.name.clone(),
        kind: prompt.kind.clone(),
        description: Some(prompt.description.clone()),
        category: Some(prompt.category.clone()),
        tags: serde_json::from_str(&prompt.tags).map_err(|_| wire::damaged("prompt", &prompt.id))?,
        owner: Some(prompt.owner.clone()),
        metadata: Some(metadata),
        version: Some(NewVersion {
            content,
            template: Some(version.template.clone()),
            variables: Some(variables),
            settings: Some(settings),
            note: Some(format!("Copied from {} {number}", prompt.name)),
            allow_secret: secrets.then(|| format!("copied from {} {number}", prompt.name)),
            ..NewVersion::default()
        }),
    };
    prompts::create(ctx, &new).await
}
