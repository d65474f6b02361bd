//! One version with everything that it includes, as it was served.

use std::{fmt, sync::OnceLock};

use promptory_api::serving::{Active, Resolved};
use promptory_core::{
    build::{Stored, compile},
    resolve::Candidate,
    template::{Compiled, RenderError, Rendered},
    violation::Violation,
};
use serde_json::{Map, Value};

use crate::error::{self, Error};

pub(crate) struct Build {
    pub(crate) active: Active,
    pub(crate) content: Value,
    pub(crate) settings: Map<String, Value>,
    /// Compiled when first rendered, then kept.
    compiled: OnceLock<Result<Compiled, Vec<Violation>>>,
}

impl Build {
    /// # Errors
    /// What is not as the server sends it.
    pub(crate) fn new(active: Active) -> Result<Self, serde_json::Error> {
        Ok(Self {
            content: serde_json::from_str(active.content.get())?,
            settings: serde_json::from_str(active.settings.get())?,
            active,
            compiled: OnceLock::new(),
        })
    }

    /// # Errors
    /// Missing or ill-typed variables, all at once, or a template that fails.
    pub(crate) fn render(&self, variables: &Map<String, Value>) -> Result<Rendered, Error> {
        let rendered = match self.compiled.get_or_init(|| self.compile()) {
            Ok(compiled) => compiled.render(variables),
            Err(problems) => Err(RenderError::Variables(problems.clone())),
        };
        rendered.map_err(error::render)
    }

    fn compile(&self) -> Result<Compiled, Vec<Violation>> {
        let active = &self.active;
        let root = Stored {
            kind: &active.kind,
            content: active.content.get(),
            template: &active.template,
            variables: active.variables.get(),
            settings: active.settings.get(),
        };
        let included = active.includes.iter().map(|include| {
            Stored::included(include.content.get(), &include.template, include.variables.get())
        });
        compile(&root, &included.collect::<Vec<_>>())
    }

    /// For the bound of the cache: texts are what counts.
    pub(crate) fn bytes(&self) -> usize {
        let active = &self.active;
        let included = active.includes.iter().map(|include| include.content.get().len());
        // Once as it was served, once parsed.
        2 * (active.content.get().len() + active.settings.get().len())
            + active.variables.get().len()
            + included.sum::<usize>()
            + 1024
    }
}

impl Candidate for Build {
    fn number(&self) -> &str {
        &self.active.version
    }

    fn sequence(&self) -> i64 {
        self.active.sequence
    }

    /// A snapshot has none of them.
    fn archived(&self) -> bool {
        false
    }
}

impl fmt::Debug for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.active.prompt, self.active.version)
    }
}

/// The part of an answer of `resolve` that `active` has too.
pub(crate) fn active_of(resolved: Resolved) -> Active {
    Active {
        prompt: resolved.prompt,
        kind: resolved.kind,
        version: resolved.version,
        sequence: resolved.sequence,
        content: resolved.content,
        includes: resolved.includes,
        template: resolved.template,
        variables: resolved.variables,
        settings: resolved.settings,
        content_hash: resolved.content_hash,
        build_hash: resolved.build_hash,
        environment: resolved.environment,
        revision: resolved.revision,
        rollout: None,
        renamed_to: resolved.renamed_to,
    }
}
