//! Pinned versions that are not in memory: a bounded cache in front of the database.

use std::sync::Arc;

use moka::future::Cache;
use promptory_core::range::Range;
use promptory_store::{OccupantRow, ProjectReader, PromptRow, VersionRow};

use super::{
    Ctx, Outcome,
    builds::{self, Made, Root},
    deployments, references, wire,
};
use crate::{
    numbers::{number as parsed_number, number_text},
    refusal::{Code, Refusal},
    serving::{Build, Parts, is_range},
};

/// Bytes of prebuilt answers that are kept.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// `touched` is part of the key: any change of the prompt makes what was cached before unreachable. And the epoch: in
/// a restored database the same revision may be another change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PinKey {
    epoch: Arc<str>,
    prompt_id: Box<str>,
    touched: i64,
    environment: Box<str>,
    /// The environment asks for approval: then not every version is an answer.
    asks: bool,
    reference: Box<str>,
}

/// A pinned build and its prompt.
pub struct Pinned {
    pub prompt_id: String,
    pub build: Arc<Build>,
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
        let (epoch, prompt_id, touched, asks) = {
            let snapshot = ctx.project.snapshot();
            let entry = snapshot.prompt(name).ok_or_else(|| Refusal::no_prompt(name))?;
            let asks = snapshot.environment(environment).is_some_and(|environment| environment.asks);
            (Arc::clone(&snapshot.epoch), entry.id.clone(), entry.touched, asks)
        };
        let (environment_name, reference_text) = (environment.into(), reference.into());
        let key = PinKey {
            epoch,
            prompt_id,
            touched,
            environment: environment_name,
            asks,
            reference: reference_text,
        };
        let load = load(ctx, name, (environment, asks), reference);
        self.0.try_get_with(key, load).await.map_err(|refusal: Arc<Refusal>| Refusal::clone(&refusal))
    }
}

impl Default for Pins {
    fn default() -> Self {
        Self::new()
    }
}

async fn load(
    ctx: &Ctx,
    name: &str,
    (environment, asks): (&str, bool),
    reference: &str,
) -> Outcome<Arc<Pinned>> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let row = if is_range(reference) {
        in_range(&mut reader, &prompt, environment, reference).await?
    } else {
        references::version(ctx, &mut reader, &prompt, reference).await?
    };
    let number = number_text(row.major, row.minor, row.patch, &row.pre);
    if row.archived_at.is_some() {
        return Err(Refusal::new(Code::VersionArchived, format!("{number} is archived and not served.")));
    }
    // What is or was served here is served again byte for byte; anything else means what it means now.
    let served = match reader.last_live(&row.id, environment).await? {
        Some(live) => Some(live.build_hash),
        None => {
            let under_way = reader.under_way(&prompt.id).await?.into_iter();
            let mut here = under_way.filter(|other| other.environment == environment);
            here.find(|other| other.version_id == row.id).map(|other| other.build_hash)
        }
    };
    let made = match served {
        Some(build_hash) => Made {
            includes: deployments::stored_includes(&mut reader, &row.id, &build_hash).await?,
            build_hash,
        },
        None if asks => {
            let detail = format!("{number} was never approved for {environment:?}, which asks for approval.");
            return Err(Refusal::new(Code::NotApproved, detail));
        }
        None => {
            let definition = wire::definition(&prompt.kind, &row)?;
            let parsed = parsed_number(row.major, row.minor, row.patch, &row.pre);
            let root = Root { name: &prompt.name, number: parsed, definition: &definition };
            builds::make(ctx, &mut reader, &root, Some(environment)).await?
        }
    };
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
        build_hash: &made.build_hash,
        deployment_id: None,
        archived: false,
        revision: prompt.revision,
        includes: &made.includes,
        rollout: None,
    });
    Ok(Arc::new(Pinned { prompt_id: prompt.id, build: Arc::new(build) }))
}

/// The most recent version that was live here, lies in the range and was neither taken back nor archived.
async fn in_range(
    reader: &mut ProjectReader<'_>,
    prompt: &PromptRow,
    environment: &str,
    text: &str,
) -> Outcome<VersionRow> {
    let range = Range::parse(text).map_err(|why| Refusal::invalid("/version", why))?;
    let occupants = reader.occupants(&prompt.id, environment).await?;
    let fits = |row: &&OccupantRow| {
        !row.taken_back
            && row.archived_at.is_none()
            && range.matches(&parsed_number(row.major, row.minor, row.patch, &row.pre))
    };
    let found = match occupants.iter().find(fits) {
        Some(row) => reader.version(&row.version_id).await?,
        None => None,
    };
    let live = occupants.first().map(|row| number_text(row.major, row.minor, row.patch, &row.pre));
    found.ok_or_else(|| Refusal::not_in_range(&prompt.name, environment, text, live.as_deref()))
}
