//! The demo as if people had worked with it for weeks: played into an empty database under a clock of its own, over HTTP
//! like everything else, before the server starts.

mod approving;
mod people;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use anyhow::anyhow;
use promptory_api::access::{CreatedKey, NewKey};
use promptory_api::execution::RecordingPolicy;
use promptory_api::page::Page;
use promptory_api::prompt::Prompt;
use promptory_api::serving::Resolve;
use promptory_server::{
    Config,
    clock::{Clock, ManualClock, SystemClock},
    ids::SystemIds,
};

use self::approving::{POLICIES_DAYS_AGO, Waiting};
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
/// What went to staging together, by places in the examples' versions.
const TOGETHER: [(&str, usize); 2] = [("shared/voice", 1), ("sales/outreach-email", 2)];
const SERVICE: &str = "help-centre";
const USES: usize = 25;

/// Something that somebody did.
enum Event<'a> {
    Version {
        example: usize,
        version: usize,
    },
    Extras {
        example: usize,
    },
    Activate {
        example: usize,
        version: usize,
        environment: &'a str,
        by: &'a str,
        reason: &'a str,
    },
    Release {
        parts: Vec<(usize, usize)>,
        environment: &'a str,
        by: &'a str,
        reason: &'a str,
    },
    /// From now on environments ask for approval.
    Policies,
    /// Somebody agrees to what waits there, if something does.
    Approve {
        example: usize,
        environment: &'a str,
    },
    /// Who asked there answers the first who agreed.
    Answer {
        example: usize,
        environment: &'a str,
        by: &'a str,
        comment: &'a str,
    },
}

/// What callers get from now on.
struct Live<'a> {
    example: usize,
    environment: &'a str,
    version: usize,
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
                password: people::password(&config.data_dir)?,
                people: BTreeMap::new(),
                waiting: HashMap::new(),
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
    /// Of everybody who took part.
    password: people::Password,
    people: BTreeMap<&'a str, Context>,
    /// By example and environment.
    waiting: HashMap<(usize, &'a str), Waiting<'a>>,
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
            let person = self.join(&admin, name).await?;
            self.people.insert(name, person);
        }
        let service = self.service(&admin).await?;
        self.keep_tags(&admin).await?;
        let mut traffic = Traffic::new(self.examples, self.clock, &service, self.now)?;
        let mut numbers: Vec<Vec<String>> = self.examples.iter().map(|_| Vec::new()).collect();
        let events = self.events();
        let count = events.len();
        for (at, event) in events {
            traffic.until(at, &numbers).await?;
            self.pass_to(at);
            for Live { example, environment, version } in self.act(event, &mut numbers).await? {
                traffic.goes_live(example, environment, version);
            }
        }
        let later = self.now - DAY_S / 4;
        traffic.until(later, &numbers).await?;
        self.pass_to(later);
        self.use_it(&service).await?;
        traffic.until(self.now, &numbers).await?;
        let versions: usize = numbers.iter().map(Vec::len).sum();
        Ok(Some(format!(
            "Demo: {} prompts, {versions} versions, {count} events of six weeks, {} executions of {DAYS} days.\n\
             Its people sign in with the password in {}, such as {}.",
            self.examples.len(),
            traffic.recorded,
            self.password.file.display(),
            self.people.keys().map(|name| people::email(name)).next().unwrap_or_default()
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

    /// A key that ends with the play: nobody has it afterwards.
    async fn service(&self, admin: &Context) -> Result<Context, Failure> {
        let body = NewKey {
            name: SERVICE.to_owned(),
            scopes: ["render", "record"].map(str::to_owned).to_vec(),
            environment: None,
            expires_at: Some(self.ends.clone()),
            user: Some(None),
        };
        let created: CreatedKey = admin.client.post(&Route::new("/keys"), &body).await?.parse()?;
        self.context(&created.key)
    }

    /// In order of time.
    fn events(&self) -> Vec<(i64, Event<'a>)> {
        let mut events = vec![(self.midnight(POLICIES_DAYS_AGO), Event::Policies)];
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
                    events.extend(approving::times(at + wait, e, environment));
                }
                if v + 1 == example.versions.len() {
                    events.push((at + DAY_S, Event::Extras { example: e }));
                }
            }
            for back in &example.about.returns {
                let at = self.midnight(back.days_ago) + 14 * 60 * MINUTE_S;
                events.push((
                    at,
                    Event::Activate {
                        example: e,
                        version: back.version - 1,
                        environment: &back.environment,
                        by: &back.by,
                        reason: &back.reason,
                    },
                ));
            }
            for asked in &example.about.asks {
                let at = self.midnight(asked.days_ago) + 9 * 60 * MINUTE_S;
                events.push((
                    at,
                    Event::Activate {
                        example: e,
                        version: asked.version - 1,
                        environment: &asked.environment,
                        by: &asked.by,
                        reason: &asked.reason,
                    },
                ));
                let approved = approving::times(at, e, &asked.environment);
                events.extend(approved.into_iter().take(asked.approvals));
                if let Some(comment) = &asked.answer {
                    let (environment, by) = (&*asked.environment, &*asked.by);
                    let answer = Event::Answer { example: e, environment, by, comment };
                    events.push((at + approving::ANSWER_S, answer));
                }
            }
        }
        events.extend(self.together());
        for (at, _) in &mut events {
            *at = (*at).min(self.now - DAY_S / 3);
        }
        events.sort_by_key(|(at, _)| *at);
        events
    }

    fn together(&self) -> Vec<(i64, Event<'a>)> {
        let place = |name: &str| self.examples.iter().position(|example| example.name == name);
        let parts: Vec<(usize, usize)> =
            TOGETHER.iter().filter_map(|(name, version)| Some((place(name)?, *version))).collect();
        let first = parts.first().map_or(0, |(example, _)| *example);
        let (environment, by, reason) =
            ("staging", "Hanna Berg", "The new voice, with the mail that uses it.");
        let at = self.midnight(2) + 11 * 60 * MINUTE_S;
        let mut events = approving::times(at, first, environment);
        events.insert(0, (at, Event::Release { parts, environment, by, reason }));
        events
    }

    fn midnight(&self, days_ago: i64) -> i64 {
        (self.now / DAY_S - days_ago) * DAY_S
    }

    async fn act(&mut self, event: Event<'a>, numbers: &mut [Vec<String>]) -> Result<Vec<Live<'a>>, Failure> {
        match event {
            Event::Version { example, version } => {
                let of = &self.examples[example];
                let author = &self.people[of.versions[version].author.as_str()];
                if version == 0 {
                    load::create_prompt(author, of).await?;
                }
                let mark = u64::try_from(version + 1).unwrap_or(u64::MAX);
                let body = &of.versions[version].body;
                numbers[example]
                    .push(load::create_version(author, &Route::prompt(&of.name)?, body, mark).await?);
                Ok(Vec::new())
            }
            Event::Extras { example } => {
                let of = &self.examples[example];
                let author = &self.people[of.versions[0].author.as_str()];
                load::extras(author, &Route::prompt(&of.name)?, of, &numbers[example]).await?;
                Ok(Vec::new())
            }
            Event::Activate { example, version, environment, by, reason } => {
                let number = numbers[example][version].clone();
                self.activate(Live { example, environment, version }, number, by, reason).await
            }
            Event::Release { parts, environment, by, reason } => {
                let lives =
                    parts.into_iter().map(|(example, version)| Live { example, environment, version });
                self.release(lives.collect(), numbers, by, reason).await
            }
            Event::Policies => self.ask_for_approval().await.map(|()| Vec::new()),
            Event::Approve { example, environment } => self.approve(example, environment).await,
            Event::Answer { example, environment, by, comment } => {
                self.answer((example, environment), by, comment).await.map(|()| Vec::new())
            }
        }
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
