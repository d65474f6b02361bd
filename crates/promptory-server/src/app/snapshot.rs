//! All that a client needs to answer by itself, in one body.

use std::{io::Write, sync::Arc};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::HeaderValue;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Ctx, Outcome};
use crate::{
    ids::hex,
    refusal::{Code, Refusal},
    serving::{PAST_BUILDS, PromptEntry, Snapshot},
};

/// A snapshot that is about to be written; its tag is known before its body.
pub struct Prepared {
    project: String,
    environment: String,
    snapshot: Arc<Snapshot>,
    entries: Vec<Arc<PromptEntry>>,
    gzip: bool,
    pub etag: HeaderValue,
}

/// # Errors
/// No such environment, or the key is bound to another one.
pub fn prepare(ctx: &Ctx, environment: Option<&str>, gzip: bool) -> Outcome<Prepared> {
    let environment = ctx.environment(environment)?;
    let snapshot = Arc::clone(&ctx.project.snapshot());
    if snapshot.environment(&environment).is_none() {
        return Err(Refusal::no_environment(&environment));
    }
    let mut entries: Vec<_> = snapshot
        .entries()
        .filter(|entry| !entry.archived && entry.live_in(&environment).is_some_and(|live| !live.archived))
        .cloned()
        .collect();
    entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    let etag = etag(&snapshot, &entries, &environment, gzip);
    Ok(Prepared { project: ctx.project.name.clone(), environment, snapshot, entries, gzip, etag })
}

/// Over the tags of everything in it: a change elsewhere leaves it as it is.
fn etag(snapshot: &Snapshot, entries: &[Arc<PromptEntry>], environment: &str, gzip: bool) -> HeaderValue {
    let mut hasher = Sha256::new();
    hasher.update(snapshot.epoch.as_bytes());
    for entry in entries {
        for build in
            entry.live_in(environment).into_iter().chain(entry.past_in(environment).map(|past| &past.build))
        {
            hasher.update(build.etag.as_bytes());
        }
        for label in &entry.labels {
            hasher.update(label.name.as_bytes());
            hasher.update(label.version_id.as_bytes());
        }
        for past in entry.past_in(environment) {
            hasher.update([u8::from(past.archived)]);
        }
        for (name, _) in &entry.about.former {
            hasher.update(name.as_bytes());
        }
        hasher.update([0xff]);
    }
    // Another encoding is another body, and a strong tag is of the bytes.
    let text = format!("\"{}{}\"", hex(&hasher.finalize()[..16]), if gzip { "-gzip" } else { "" });
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

impl Prepared {
    /// Takes a moment for a large project: not on the threads that serve.
    ///
    /// # Errors
    /// The body cannot be packed.
    pub async fn body(self) -> Outcome<Bytes> {
        let failed = |why: String| {
            tracing::error!(why, "a snapshot failed");
            Refusal::new(Code::Internal, "The snapshot failed. The request id is in the log.")
        };
        let done = tokio::task::spawn_blocking(move || self.write()).await;
        done.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))
    }

    fn write(&self) -> std::io::Result<Bytes> {
        let mut out = Vec::new();
        if self.gzip {
            let mut packed = GzEncoder::new(&mut out, Compression::fast());
            self.write_to(&mut packed)?;
            packed.finish()?;
        } else {
            self.write_to(&mut out)?;
        }
        Ok(Bytes::from(out))
    }

    fn write_to(&self, out: &mut impl Write) -> std::io::Result<()> {
        let revision = format!("{}:{}", self.snapshot.epoch, self.snapshot.revision);
        write!(
            out,
            "{{\"project\":{},\"environment\":{},\"revision\":{},\"prompts\":[",
            Value::from(self.project.as_str()),
            Value::from(self.environment.as_str()),
            Value::from(revision)
        )?;
        let mut renamed = Map::new();
        for (i, entry) in self.entries.iter().enumerate() {
            out.write_all(if i == 0 { b"\n{\"active\":" } else { b",\n{\"active\":" })?;
            if let Some(build) = entry.live_in(&self.environment) {
                out.write_all(&build.body)?;
            }
            if let Some(rollout) = entry.rollout_in(&self.environment) {
                write!(
                    out,
                    ",\"rollout\":{{\"deployment_id\":{},\"seed\":{},\"unit\":\"{}\",\"share_ppm\":{},\"build\":",
                    Value::from(&*rollout.deployment_id),
                    Value::from(&*rollout.seed),
                    rollout.unit.as_str(),
                    rollout.share.ppm()
                )?;
                out.write_all(&rollout.build.body)?;
                out.write_all(b"}")?;
            }
            out.write_all(b",\"past\":[")?;
            let past = entry.past_in(&self.environment).filter(|past| !past.archived);
            for (i, past) in past.enumerate() {
                out.write_all(if i == 0 { b"" } else { b"," })?;
                out.write_all(&past.build.body)?;
            }
            let whole = entry.past_in(&self.environment).count() < PAST_BUILDS;
            write!(out, "],\"past_is_whole\":{whole},\"labels\":{}}}", labels(entry, &self.environment))?;
            renamed
                .extend(entry.about.former.iter().map(|(name, _)| (name.clone(), Value::from(&*entry.name))));
        }
        write!(out, "],\"renamed\":{}}}", Value::Object(renamed))
    }
}

/// Those whose version the snapshot has; any other label is for the server to resolve.
fn labels(entry: &PromptEntry, environment: &str) -> Value {
    let here = || {
        let past = entry.past_in(environment).filter(|past| !past.archived).map(|past| &past.build);
        let rollout = entry.rollout_in(environment).map(|rollout| &rollout.build);
        entry.live_in(environment).into_iter().chain(rollout).chain(past)
    };
    let labels = entry.labels.iter().filter(|label| !label.archived).filter_map(|label| {
        let build = here().find(|build| build.version_id == label.version_id)?;
        Some((label.name.to_string(), Value::from(&*build.number)))
    });
    Value::Object(labels.collect())
}
