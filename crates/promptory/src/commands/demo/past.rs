//! The demo as if people had worked with it for weeks: played into an empty database under a clock of its own, over HTTP
//! like everything else, before the server starts.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::anyhow;
use promptory_api::access::{CreatedKey, NewKey};
use promptory_api::deployment::Activate;
use promptory_api::execution::RecordingPolicy;
use promptory_api::page::Page;
use promptory_api::people::{CreatedUser, NewUser};
use promptory_api::prompt::Prompt;
use promptory_api::release::{NewRelease, NewReleaseItem};
use promptory_api::serving::Resolve;
use promptory_server::{
    Config,
    clock::{Clock, ManualClock, SystemClock},
    ids::SystemIds,
};

use super::content::{self, Example};
use super::load;
use super::traffic::{DAYS, Traffic};
use crate::cli::Connection;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

const DAY_S: i64 = 86_400;
const MINUTE_S: i64 = 60;
/// Before the first version: projects are not made on the day of their first prompt.
const FIRST_DAY: i64 = 43;
/// Later environments get a version after it was looked at.
const WAITS_S: [(&str, i64); 3] = [
    ("development", 4 * MINUTE_S),
    ("staging", DAY_S + 95 * MINUTE_S),
    ("production", 2 * DAY_S + 200 * MINUTE_S),
];
/// Everybody writes and releases; these do more.
const MORE_ROLES: [(&str, &str); 3] =
    [("Hanna Berg", "admin"), ("Lena Okafor", "approver"), ("Priya Nair", "approver")];
/// What went to staging together, by places in the examples' versions.
const TOGETHER: [(&str, usize); 2] = [("shared/voice", 1), ("sales/outreach-email", 2)];
const SERVICE: &str = "help-centre";
const USES: usize = 25;

/// Something that somebody did.
enum Event<'a> {
    Version { example: usize, version: usize },
    Extras { example: usize },
    Activate { example: usize, version: usize, environment: &'a str, by: &'a str, reason: &'a str },
    Release { parts: Vec<(usize, usize)>, environment: &'a str, by: &'a str, reason: &'a str },
}

/// The key of a first start is made here, and shown by the caller.
pub(crate) struct Played {
    pub(crate) first_key: Option<String>,
    /// None: there are prompts already, or nobody's key is known, and nothing was changed.
    pub(crate) said: Option<String>,
}

pub(crate) async fn play(config: &Config) -> anyhow::Result<Played> {
    let examples = content::examples().map_err(said)?;
    let now = SystemClock.now().micros() / 1_000_000;
    let clock = Arc::new(ManualClock::at(SystemClock.now().plus_seconds(-FIRST_DAY * DAY_S)));
    let config = Config { listen: "127.0.0.1:0".to_owned(), ..config.clone() };
    let running =
        promptory_server::start(&config, Arc::<ManualClock>::clone(&clock), Arc::new(SystemIds)).await?;
    let first_key = running.first_key.clone();
    let key = config.admin_key.clone().or_else(|| first_key.clone());
    let played = match key {
        None => Ok(None),
        Some(key) => {
            let url = format!("http://{}", running.address);
            Stage {
                examples: &examples,
                clock: &clock,
                now,
                url,
                ends: SystemClock.now().to_rfc3339(),
                people: BTreeMap::new(),
            }
            .play(&key)
            .await
        }
    };
    running.stop().await;
    Ok(Played { first_key, said: played.map_err(said)? })
}

fn said(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Local(text) | Failure::Usage(text) | Failure::Unreachable(text) => {
            anyhow!("the demo: {text}")
        }
        Failure::Refused { status, body } => anyhow!("the demo: {status} {body}"),
        Failure::No | Failure::ClosedPipe => anyhow!("the demo was not loaded"),
    }
}

struct Stage<'a> {
    examples: &'a [Example],
    clock: &'a ManualClock,
    /// Seconds; everything happens before it.
    now: i64,
    url: String,
    /// RFC 3339 of the same.
    ends: String,
    people: BTreeMap<&'a str, Context>,
}

impl<'a> Stage<'a> {
    fn context(&self, key: &str) -> Result<Context, Failure> {
        Context::new(&Connection {
            url: self.url.clone(),
            key: Some(key.to_owned()),
            project: None,
            json: false,
        })
    }

    async fn play(mut self, admin_key: &str) -> Result<Option<String>, Failure> {
        let admin = self.context(admin_key)?;
        let page: Page<Prompt> =
            admin.client.get(&Route::new("/prompts").query("limit", Some("1"))).await?.parse()?;
        if !page.items.is_empty() {
            return Ok(None);
        }
        for name in self.names() {
            let id = self.invite(&admin, name).await?;
            let person = self.key(&admin, name, &["read", "write", "deploy"], Some(id)).await?;
            self.people.insert(name, person);
        }
        let service = self.key(&admin, SERVICE, &["render", "record"], None).await?;
        self.keep_tags(&admin).await?;
        let mut traffic = Traffic::new(self.examples, self.clock, &service, self.now)?;
        let mut numbers: Vec<Vec<String>> = self.examples.iter().map(|_| Vec::new()).collect();
        let events = self.events();
        let count = events.len();
        for (at, event) in events {
            traffic.until(at, &numbers).await?;
            self.pass_to(at);
            match &event {
                &Event::Activate { example, version, environment, .. } => {
                    traffic.goes_live(example, environment, version);
                }
                Event::Release { parts, environment, .. } => {
                    let environment: &'a str = environment;
                    for &(example, version) in parts {
                        traffic.goes_live(example, environment, version);
                    }
                }
                _ => {}
            }
            self.act(event, &mut numbers).await?;
        }
        let later = self.now - DAY_S / 4;
        traffic.until(later, &numbers).await?;
        self.pass_to(later);
        self.use_it(&service).await?;
        traffic.until(self.now, &numbers).await?;
        let versions: usize = numbers.iter().map(Vec::len).sum();
        Ok(Some(format!(
            "Demo: {} prompts, {versions} versions, {count} events of six weeks, {} executions of {DAYS} days.",
            self.examples.len(),
            traffic.recorded
        )))
    }

    fn pass_to(&self, at: i64) {
        self.clock.advance_seconds((at - self.clock.now().micros() / 1_000_000).max(0));
    }

    /// Statistics can be grouped by them from the first execution on.
    async fn keep_tags(&self, admin: &Context) -> Result<(), Failure> {
        let tags = ["plan", "channel"].map(str::to_owned).to_vec();
        admin
            .client
            .put(&Route::new("/recording"), &RecordingPolicy { tags, ..RecordingPolicy::default() })
            .await?;
        Ok(())
    }

    fn names(&self) -> Vec<&'a str> {
        let authors =
            self.examples.iter().flat_map(|example| &example.versions).map(|version| version.author.as_str());
        let returns =
            self.examples.iter().flat_map(|example| &example.about.returns).map(|back| back.by.as_str());
        let mut names: Vec<&str> = authors.chain(returns).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// A member who has not come yet: nobody has their link.
    async fn invite(&self, admin: &Context, name: &str) -> Result<String, Failure> {
        let more = MORE_ROLES.iter().filter(|(person, _)| *person == name).map(|(_, role)| *role);
        let body = NewUser {
            email: format!("{}@example.com", name.to_lowercase().replace(' ', ".")),
            name: Some(name.to_owned()),
            roles: ["editor", "operator"].into_iter().chain(more).map(str::to_owned).collect(),
        };
        let created: CreatedUser = admin.client.post(&Route::new("/users"), &body).await?.parse()?;
        Ok(created.user.id)
    }

    /// A key that ends with the play: nobody has it afterwards.
    async fn key(
        &self,
        admin: &Context,
        name: &str,
        scopes: &[&str],
        owner: Option<String>,
    ) -> Result<Context, Failure> {
        let body = NewKey {
            name: name.to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            environment: None,
            expires_at: Some(self.ends.clone()),
            user: Some(owner),
        };
        let created: CreatedKey = admin.client.post(&Route::new("/keys"), &body).await?.parse()?;
        self.context(&created.key)
    }

    /// In order of time.
    fn events(&self) -> Vec<(i64, Event<'a>)> {
        let mut events = Vec::new();
        for (e, example) in self.examples.iter().enumerate() {
            for (v, version) in example.versions.iter().enumerate() {
                // Somewhere in the working day, and always at the same minute of it.
                let minute = 8 * 60 + i64::try_from((e * 37 + v * 53) % 480).unwrap_or(0);
                let at = self.midnight(version.days_ago) + minute * MINUTE_S;
                events.push((at, Event::Version { example: e, version: v }));
                for (environment, wait) in
                    WAITS_S.iter().filter(|(name, _)| version.activate.iter().any(|to| to == name))
                {
                    let reason = if *wait < DAY_S { "To try it out." } else { "Looked at with the samples." };
                    let by = version.author.as_str();
                    events.push((
                        at + wait,
                        Event::Activate { example: e, version: v, environment, by, reason },
                    ));
                }
                if v + 1 == example.versions.len() {
                    events.push((at + DAY_S, Event::Extras { example: e }));
                }
            }
            for back in &example.about.returns {
                let at = self.midnight(back.days_ago) + 14 * 60 * MINUTE_S;
                let (by, reason) = (back.by.as_str(), back.reason.as_str());
                let environment = back.environment.as_str();
                events.push((
                    at,
                    Event::Activate { example: e, version: back.version - 1, environment, by, reason },
                ));
            }
        }
        let place = |name: &str| self.examples.iter().position(|example| example.name == name);
        let parts = TOGETHER.iter().filter_map(|(name, version)| Some((place(name)?, *version))).collect();
        let (environment, by, reason) =
            ("staging", "Hanna Berg", "The new voice, with the mail that uses it.");
        let at = self.midnight(2) + 11 * 60 * MINUTE_S;
        events.push((at, Event::Release { parts, environment, by, reason }));
        for (at, _) in &mut events {
            *at = (*at).min(self.now - DAY_S / 3);
        }
        events.sort_by_key(|(at, _)| *at);
        events
    }

    fn midnight(&self, days_ago: i64) -> i64 {
        (self.now / DAY_S - days_ago) * DAY_S
    }

    async fn act(&self, event: Event<'_>, numbers: &mut [Vec<String>]) -> Result<(), Failure> {
        let (Event::Version { example, .. } | Event::Extras { example } | Event::Activate { example, .. }) =
            event
        else {
            return self.release(event, numbers).await;
        };
        let (of, known) = (&self.examples[example], &mut numbers[example]);
        let route = Route::prompt(&of.name)?;
        match event {
            Event::Version { version, .. } => {
                let author = &self.people[of.versions[version].author.as_str()];
                if version == 0 {
                    load::create_prompt(author, of).await?;
                }
                let mark = u64::try_from(version + 1).unwrap_or(u64::MAX);
                known.push(load::create_version(author, &route, &of.versions[version].body, mark).await?);
            }
            Event::Extras { .. } => {
                let author = &self.people[of.versions[0].author.as_str()];
                load::extras(author, &route, of, known).await?;
            }
            Event::Activate { version, environment, by, reason, .. } => {
                let body = Activate {
                    version: known[version].clone(),
                    environment: Some(environment.to_owned()),
                    reason: Some(reason.to_owned()),
                    // They know what came back before.
                    acknowledge_rollback: Some(true),
                    ..Activate::default()
                };
                self.people[by].client.post(&route.then("/activate"), &body).await?;
            }
            Event::Release { .. } => {}
        }
        Ok(())
    }

    async fn release(&self, event: Event<'_>, numbers: &[Vec<String>]) -> Result<(), Failure> {
        let Event::Release { parts, environment, by, reason } = event else { return Ok(()) };
        let item = |(example, version): (usize, usize)| NewReleaseItem {
            prompt: self.examples[example].name.clone(),
            version: numbers[example][version].clone(),
        };
        let body = NewRelease {
            environment: Some(environment.to_owned()),
            items: parts.into_iter().map(item).collect(),
            reason: Some(reason.to_owned()),
            ..NewRelease::default()
        };
        self.people[by].client.post(&Route::new("/releases"), &body).await?;
        Ok(())
    }

    /// So that "may I archive this?" has an answer.
    async fn use_it(&self, service: &Context) -> Result<(), Failure> {
        for (i, example) in self.examples.iter().enumerate() {
            let served =
                example.versions.iter().any(|version| version.activate.iter().any(|to| to == "production"));
            for _ in 0..if served { USES * (i % 4 + 1) } else { 0 } {
                let route = Route::prompt(&example.name)?.then("/resolve");
                service.client.post(&route, &Resolve::default()).await?;
            }
        }
        Ok(())
    }
}
