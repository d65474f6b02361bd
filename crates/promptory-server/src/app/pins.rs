//! Pinned versions that are not in memory: a bounded cache in front of the database.

use std::sync::Arc;

use moka::future::Cache;
use promptory_core::definition::build_hash;

use super::{Ctx, Outcome, references};
use crate::{
    numbers::number_text,
    refusal::{Code, Refusal},
    serving::{Build, Parts},
};

/// Bytes of prebuilt answers that are kept.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// `touched` is part of the key: any change of the prompt makes what was cached before unreachable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PinKey {
    prompt_id: Box<str>,
    touched: i64,
    environment: Box<str>,
    reference: Box<str>,
}

/// A pinned build and its prompt.
pub struct Pinned {
    pub prompt_id: String,
    pub build: Build,
}

pub struct Pins(Cache<PinKey, Arc<Pinned>>);

impl Pins {
    pub fn new() -> Self {
        let weigh = |_: &PinKey, pinned: &Arc<Pinned>| {
            u32::try_from(pinned.build.body.len() + 512).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(CACHE_BYTES).weigher(weigh).build())
    }

    /// # Errors
    /// No such version, an archived one, or the database is not available and the pin is not cached.
    pub async fn get(
        &self,
        ctx: &Ctx,
        name: &str,
        environment: &str,
        reference: &str,
    ) -> Outcome<Arc<Pinned>> {
        let (prompt_id, touched) = {
            let snapshot = ctx.project.snapshot();
            let entry = snapshot.prompt(name).ok_or_else(|| Refusal::no_prompt(name))?;
            (entry.id.clone(), entry.touched)
        };
        let key = PinKey { prompt_id, touched, environment: environment.into(), reference: reference.into() };
        let load = load(ctx, name, environment, reference);
        self.0.try_get_with(key, load).await.map_err(|refusal: Arc<Refusal>| Refusal::clone(&refusal))
    }
}

impl Default for Pins {
    fn default() -> Self {
        Self::new()
    }
}

async fn load(ctx: &Ctx, name: &str, environment: &str, reference: &str) -> Outcome<Arc<Pinned>> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let row = references::version(ctx, &mut reader, &prompt, reference).await?;
    let number = number_text(row.major, row.minor, row.patch, &row.pre);
    if row.archived_at.is_some() {
        return Err(Refusal::new(Code::VersionArchived, format!("{number} is archived and not served.")));
    }
    let build = Build::new(&Parts {
        prompt: &prompt.name,
        kind: &prompt.kind,
        environment,
        version_id: &row.id,
        number: &number,
        sequence: row.sequence,
        content: &row.content,
        template: &row.template,
        variables: &row.variables,
        settings: &row.settings,
        content_hash: &row.content_hash,
        build_hash: &build_hash(&row.content_hash, &[]),
        deployment_id: None,
        archived: false,
        revision: prompt.revision,
    });
    Ok(Arc::new(Pinned { prompt_id: prompt.id, build }))
}
