//! The planned calls, recorded as time goes by.

use std::collections::HashMap;
use std::iter::Peekable;
use std::ops::Range;

use promptory_api::execution::{ExecutionStatus, NewExecution, NewScore, ScoreValue};
use promptory_api::version::{RenderInput, RenderOutput};
use promptory_server::clock::{Clock, ManualClock};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::super::content::Example;
use super::call::{Answering, Call, call};
use super::chance::Chance;
use super::plan::{Planned, plan};
use super::shape::{Shape, Text};
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

pub(in super::super) const DAYS: i64 = 14;
/// Applications send what they have every few minutes: later than a quarter of an hour would count as late.
const WINDOW_MS: i64 = 13 * 60 * 1000;
const AT_ONCE: usize = 1_000;
/// The longest call is over then.
const AFTERWARDS_S: i64 = 45;
const SCORES_AT_ONCE: usize = 100;
/// One in so many keeps its texts.
const WITH_TEXTS: u64 = 60;
const TEXTS: u64 = 6;

pub(in super::super) struct Traffic<'a> {
    examples: &'a [Example],
    clock: &'a ManualClock,
    service: &'a Context,
    shape: Shape,
    calls: Peekable<std::vec::IntoIter<Planned>>,
    /// Of the last call that was planned.
    number: u64,
    /// Version of an example, from 0, by environment.
    live: HashMap<(usize, &'a str), usize>,
    outage: Range<i64>,
    batch: Vec<NewExecution>,
    /// When the first and the last of the batch began.
    span: (i64, i64),
    scores: Vec<(i64, NewScore)>,
    inputs: HashMap<(usize, usize, usize), Box<RawValue>>,
    pub(in super::super) recorded: usize,
}

impl<'a> Traffic<'a> {
    pub(in super::super) fn new(
        examples: &'a [Example],
        clock: &'a ManualClock,
        service: &'a Context,
        now: i64,
    ) -> Result<Self, Failure> {
        let shape = Shape::read()?;
        let begin = shape.outage.begin(now);
        // Up to the present, but for what takes a moment to be sent.
        let planned = plan(&shape, now - DAYS * 86_400, now - 3 * AFTERWARDS_S);
        Ok(Self {
            examples,
            clock,
            service,
            shape,
            calls: planned.into_iter().peekable(),
            number: 0,
            live: HashMap::new(),
            outage: begin..begin + 3_600,
            batch: Vec::new(),
            span: (0, 0),
            scores: Vec::new(),
            inputs: HashMap::new(),
            recorded: 0,
        })
    }

    /// From now on another version answers.
    pub(in super::super) fn goes_live(&mut self, example: usize, environment: &'a str, version: usize) {
        self.live.insert((example, environment), version);
    }

    /// Everything that was called before a time, in seconds. `numbers` are those of the versions so far.
    pub(in super::super) async fn until(&mut self, at: i64, numbers: &[Vec<String>]) -> Result<(), Failure> {
        while let Some(next) = self.calls.next_if(|next| next.at < at * 1000) {
            self.number += 1;
            let full = self.batch.len() >= AT_ONCE || next.at - self.span.0 > WINDOW_MS;
            if full && !self.batch.is_empty() {
                self.send().await?;
            }
            self.add(&next, numbers).await?;
        }
        self.send().await
    }

    async fn add(&mut self, next: &Planned, numbers: &[Vec<String>]) -> Result<(), Failure> {
        let Some(example) = self.examples.iter().position(|one| one.name == next.prompt) else {
            return Ok(());
        };
        let environment = if next.test { "staging" } else { "production" };
        let live = self.live.get(&(example, environment)).copied();
        // Nobody calls what is not live.
        let Some((version, number)) = live.and_then(|v| Some((v, numbers.get(example)?.get(v)?))) else {
            return Ok(());
        };
        let settings = self.examples[example].versions[version].body.settings.as_ref();
        let setting =
            |name| settings.and_then(|all| all.get(name)).and_then(Value::as_str).unwrap_or_default();
        let (provider, model) = (setting("provider"), setting("model"));
        let outage = provider == self.shape.outage.provider && self.outage.contains(&(next.at / 1000));
        let answering = Answering { version: version + 1, number, environment, provider, model, outage };
        let Some(Call { mut sent, thumbs }) = call(&self.shape, next, self.number, answering) else {
            return Ok(());
        };
        sent.started_at = Some(self.time(next.at));
        if sent.status == Some(ExecutionStatus::Success) && self.number.is_multiple_of(WITH_TEXTS) {
            self.add_texts(&mut sent, (example, version), number).await?;
        }
        if let Some((up, later)) = thumbs {
            let at = next.at / 1000 + AFTERWARDS_S + later;
            let score = score(self.number, up, self.time(at * 1000));
            self.scores.push((at, score));
        }
        self.span = (if self.batch.is_empty() { next.at } else { self.span.0 }, next.at);
        self.batch.push(sent);
        Ok(())
    }

    /// What went in and came out, as the version makes it of a sample.
    async fn add_texts(
        &mut self,
        sent: &mut NewExecution,
        (example, version): (usize, usize),
        number: &str,
    ) -> Result<(), Failure> {
        let of = &self.examples[example];
        let Some(profile) = self.shape.prompts.get(&of.name).filter(|profile| !profile.texts.is_empty())
        else {
            return Ok(());
        };
        let which = Chance::of(TEXTS, self.number).below(profile.texts.len() as u64) as usize;
        let text = &profile.texts[which];
        let variables = variables(of, text);
        let input = match self.inputs.get(&(example, version, which)) {
            Some(known) => known.clone(),
            None => {
                let route = Route::version(&of.name, number)?.then("/render");
                let body = RenderInput { variables: variables.clone(), sample: None, environment: None };
                let rendered: RenderOutput = self.service.client.post(&route, &body).await?.parse()?;
                let input = match (rendered.messages, rendered.text) {
                    (Some(messages), _) => to_raw_value(&messages),
                    (None, text) => to_raw_value(&text),
                };
                let input = input.map_err(|error| Failure::Local(error.to_string()))?;
                self.inputs.insert((example, version, which), input.clone());
                input
            }
        };
        sent.variables = to_raw_value(&variables).ok();
        sent.output = to_raw_value(&text.output).ok();
        // About four characters each, so that texts and counts go together.
        (sent.input_tokens, sent.cached_tokens) = (Some(input.get().len() as u64 / 4 + 8), None);
        sent.output_tokens = Some(text.output.len() as u64 / 4 + 2);
        sent.input = Some(input);
        Ok(())
    }

    async fn send(&mut self) -> Result<(), Failure> {
        if self.batch.is_empty() {
            return Ok(());
        }
        self.pass_to(self.span.1 / 1000 + AFTERWARDS_S);
        self.recorded += self.batch.len();
        self.service.client.post(&Route::new("/executions"), &std::mem::take(&mut self.batch)).await?;
        if self.scores.len() >= SCORES_AT_ONCE || self.calls.peek().is_none() {
            let now = self.clock.now().micros() / 1_000_000;
            let (due, later) = std::mem::take(&mut self.scores).into_iter().partition(|(at, _)| *at <= now);
            self.scores = later;
            let due: Vec<(i64, NewScore)> = due;
            let due: Vec<NewScore> = due.into_iter().map(|(_, score)| score).collect();
            self.service.client.post(&Route::new("/scores"), &due).await?;
        }
        Ok(())
    }

    fn pass_to(&self, at: i64) {
        self.clock.advance_seconds((at - self.clock.now().micros() / 1_000_000).max(0));
    }

    /// RFC 3339.
    fn time(&self, ms: i64) -> String {
        let now = self.clock.now();
        now.plus_micros(ms * 1000 - now.micros()).to_rfc3339()
    }
}

fn variables(example: &Example, text: &Text) -> Map<String, Value> {
    let sample = text.sample.as_ref().and_then(|sample| example.about.samples.get(sample));
    sample.map(|sample| sample.variables.clone()).or_else(|| text.variables.clone()).unwrap_or_default()
}

fn score(number: u64, up: bool, at: String) -> NewScore {
    NewScore {
        id: Some(format!("demo-{number:05}-thumbs")),
        execution_id: Some(format!("demo-{number:05}")),
        session: None,
        key: None,
        prompt: None,
        version: None,
        name: "thumbs".to_owned(),
        value: ScoreValue::Boolean(up),
        comment: None,
        source: Some("user".to_owned()),
        at: Some(at),
    }
}
