//! All prompts of an environment in memory, resolved as the server would.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use promptory_api::serving::{Active, ServingSnapshot, SnapshotRollout};
use promptory_core::{
    bucketing::Share,
    range::Range,
    resolve::{Asker, Miss, Reason, Rollout, Served, choose, is_range, not_in_range},
    rollout::Unit,
};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{
    build::Build,
    chance::drawn,
    error::{self, Error, check_key},
    prompt::{Answer, Prompt, Source},
};

/// What `GET /snapshot` answers, ready to resolve from.
#[derive(Debug)]
pub struct Snapshot {
    project: String,
    environment: String,
    revision: String,
    prompts: HashMap<Box<str>, Entry>,
    renamed: HashMap<Box<str>, Arc<str>>,
}

#[derive(Debug)]
struct Entry {
    live: Arc<Build>,
    rollout: Option<RolledOut>,
    past: Vec<Arc<Build>>,
    past_is_whole: bool,
    labels: BTreeMap<String, String>,
}

/// What a share of units gets.
#[derive(Debug)]
struct RolledOut {
    deployment_id: Arc<str>,
    seed: Box<str>,
    unit: Unit,
    share: Share,
    build: Arc<Build>,
}

impl RolledOut {
    /// None: it is of a newer server and means something that this client does not know.
    fn read(old: Option<&Entry>, wire: SnapshotRollout) -> Result<Option<Self>, serde_json::Error> {
        let (Ok(unit), Some(share)) = (Unit::parse(&wire.unit), Share::from_ppm(wire.share_ppm)) else {
            return Ok(None);
        };
        let (deployment_id, seed) = (wire.deployment_id.into(), wire.seed.into());
        Ok(Some(Self { deployment_id, seed, unit, share, build: kept(old, wire.build)? }))
    }
}

/// What the snapshot says to a request.
pub(crate) enum Found {
    Answer(Answer),
    /// The server would refuse too.
    Refused(Error),
    /// Only the server knows.
    Unknown,
}

impl Snapshot {
    /// # Errors
    /// It is no snapshot, or a damaged one.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        Self::read(json, None).map_err(|why| Error::Usage(format!("this is no snapshot of Promptory: {why}")))
    }

    /// Builds of the one before that did not change are kept, and with them their compiled templates.
    pub(crate) fn read(json: &[u8], before: Option<&Self>) -> Result<Self, serde_json::Error> {
        let wire: ServingSnapshot = serde_json::from_slice(json)?;
        let before = before.filter(|before| epoch(&before.revision) == epoch(&wire.revision));
        let mut prompts = HashMap::with_capacity(wire.prompts.len());
        for prompt in wire.prompts {
            let old = before.and_then(|before| before.prompts.get(&*prompt.active.prompt));
            let name = prompt.active.prompt.as_str().into();
            let entry = Entry {
                live: kept(old, prompt.active)?,
                rollout: prompt.rollout.map(|wire| RolledOut::read(old, wire)).transpose()?.flatten(),
                past: prompt.past.into_iter().map(|past| kept(old, past)).collect::<Result<_, _>>()?,
                past_is_whole: prompt.past_is_whole,
                labels: prompt.labels,
            };
            prompts.insert(name, entry);
        }
        let renamed = wire.renamed.into_iter().map(|(old, new)| (old.into(), new.into())).collect();
        Ok(Self {
            project: wire.project,
            environment: wire.environment,
            revision: wire.revision,
            prompts,
            renamed,
        })
    }

    pub fn project(&self) -> &str {
        &self.project
    }

    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// `<epoch>:<number>` of the project.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// How many prompts are live.
    pub fn len(&self) -> usize {
        self.prompts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.prompts.is_empty()
    }

    /// Resolves without any server, and renders when variables are given: for programs that carry a snapshot along. Without
    /// a key, or where a rollout goes by requests, chance decides who gets what is being rolled out.
    ///
    /// # Errors
    /// What the server would refuse, or what a snapshot does not know.
    pub fn resolve(
        &self,
        prompt: &str,
        key: Option<&str>,
        version: Option<&str>,
        variables: Option<&Map<String, Value>>,
    ) -> Result<Prompt, Error> {
        check_key(key)?;
        let answer = match self.find(prompt, version, Asker::Unit { key, pin: None, random: &drawn }) {
            Found::Answer(answer) => answer,
            Found::Refused(error) => return Err(error),
            Found::Unknown => {
                return Err(match version {
                    Some(version) => no_version(prompt, version),
                    None => no_prompt(prompt),
                });
            }
        };
        let rendered = variables.map(|variables| answer.build.render(variables)).transpose()?;
        Ok(Prompt { answer, rendered, source: Source::Snapshot, stale: false, age: Duration::ZERO })
    }

    pub(crate) fn find(&self, prompt: &str, version: Option<&str>, asker: Asker<'_>) -> Found {
        let (entry, renamed_to) = match self.prompts.get(prompt) {
            Some(entry) => (Some(entry), None),
            None => {
                let present = self.renamed.get(prompt);
                (present.and_then(|name| self.prompts.get(&**name)), present.cloned())
            }
        };
        let Some(entry) = entry else { return Found::Unknown };
        match choose(Here { entry, environment: &self.environment }, version, asker) {
            Ok((build, reason)) => Found::Answer(Answer {
                build: Arc::clone(build),
                reason: Cow::Borrowed(reason.as_str()),
                deployment_id: match (reason, &entry.rollout) {
                    (Reason::Rollout, Some(rollout)) => Some(Arc::clone(&rollout.deployment_id)),
                    _ => None,
                },
                resolution: None,
                renamed_to,
            }),
            Err(Miss::NotInRange) => {
                let live = Some(entry.live.active.version.as_str());
                let detail = not_in_range(prompt, &self.environment, version.unwrap_or_default(), live);
                Found::Refused(error::refused(error::NO_VERSION_IN_RANGE, detail, Vec::new()))
            }
            Err(_) => match version.filter(|version| is_range(version)).map(Range::parse) {
                Some(Err(why)) => Found::Refused(error::invalid("/version", why)),
                _ => Found::Unknown,
            },
        }
    }
}

/// Before the colon.
fn epoch(revision: &str) -> &str {
    revision.split(':').next().unwrap_or_default()
}

/// The entry revision says whether any byte is another.
fn kept(old: Option<&Entry>, active: Active) -> Result<Arc<Build>, serde_json::Error> {
    let same = |build: &&Arc<Build>| {
        let known = &build.active;
        known.revision == active.revision
            && known.build_hash == active.build_hash
            && known.version == active.version
            && known.prompt == active.prompt
    };
    let builds = |entry: &'_ Entry| {
        let rollout = entry.rollout.as_ref().map(|rollout| &rollout.build);
        std::iter::once(&entry.live).chain(rollout).chain(&entry.past).find(same).map(Arc::clone)
    };
    let old = old.and_then(builds);
    old.map_or_else(|| Build::new(active).map(Arc::new), Ok)
}

fn no_prompt(prompt: &str) -> Error {
    let detail = format!("There is no prompt {prompt:?} in this snapshot: nothing of it is live.");
    error::refused(error::NOT_FOUND, detail, Vec::new())
}

fn no_version(prompt: &str, version: &str) -> Error {
    let detail = format!("The snapshot has no version {version:?} of {prompt:?}; the server may.");
    error::refused(error::NOT_FOUND, detail, Vec::new())
}

/// One prompt in the environment of the snapshot.
#[derive(Clone, Copy)]
struct Here<'s> {
    entry: &'s Entry,
    environment: &'s str,
}

impl<'s> Served<'s> for Here<'s> {
    type Build = Arc<Build>;

    fn environment(&self) -> &str {
        self.environment
    }

    fn live(&self) -> Option<&'s Arc<Build>> {
        Some(&self.entry.live)
    }

    fn rollout(&self) -> Option<Rollout<'s, Arc<Build>>> {
        let RolledOut { seed, unit, share, build, .. } = self.entry.rollout.as_ref()?;
        Some(Rollout { build, seed, unit: *unit, share: *share })
    }

    fn past(&self) -> impl Iterator<Item = (&'s Arc<Build>, bool)> {
        self.entry.past.iter().map(|build| (build, false))
    }

    fn past_is_whole(&self) -> bool {
        self.entry.past_is_whole
    }

    fn labelled(&self, label: &str) -> Option<&'s Arc<Build>> {
        let number = self.entry.labels.get(label)?;
        let rollout = self.entry.rollout.as_ref().map(|rollout| &rollout.build);
        let mut here = std::iter::once(&self.entry.live).chain(rollout).chain(&self.entry.past);
        here.find(|build| build.active.version == *number)
    }
}

/// As the server sends it, for the file of last known good answers.
impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            project: &'a str,
            environment: &'a str,
            revision: &'a str,
            prompts: Vec<WirePrompt<'a>>,
            renamed: BTreeMap<&'a str, &'a str>,
        }
        #[derive(Serialize)]
        struct WirePrompt<'a> {
            active: &'a Active,
            #[serde(skip_serializing_if = "Option::is_none")]
            rollout: Option<WireRollout<'a>>,
            past: Vec<&'a Active>,
            past_is_whole: bool,
            labels: &'a BTreeMap<String, String>,
        }
        #[derive(Serialize)]
        struct WireRollout<'a> {
            deployment_id: &'a str,
            seed: &'a str,
            unit: &'static str,
            share_ppm: u32,
            build: &'a Active,
        }
        fn rollout(rollout: &RolledOut) -> WireRollout<'_> {
            WireRollout {
                deployment_id: &rollout.deployment_id,
                seed: &rollout.seed,
                unit: rollout.unit.as_str(),
                share_ppm: rollout.share.ppm(),
                build: &rollout.build.active,
            }
        }
        fn prompt(entry: &Entry) -> WirePrompt<'_> {
            WirePrompt {
                active: &entry.live.active,
                rollout: entry.rollout.as_ref().map(rollout),
                past: entry.past.iter().map(|build| &build.active).collect(),
                past_is_whole: entry.past_is_whole,
                labels: &entry.labels,
            }
        }
        let wire = Wire {
            project: &self.project,
            environment: &self.environment,
            revision: &self.revision,
            prompts: self.prompts.values().map(prompt).collect(),
            renamed: self.renamed.iter().map(|(old, new)| (&**old, &**new)).collect(),
        };
        wire.serialize(serializer)
    }
}
