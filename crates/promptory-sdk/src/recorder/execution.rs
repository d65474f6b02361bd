//! One call of a model, as an application describes it.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use promptory_api::execution::{ExecutionStatus, NewExecution, Purpose, ScoreValue, Tags};
use promptory_core::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Number, Value, value::RawValue};

use crate::{clock::Clock, prompt::Prompt};

/// Which version answered.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// An answer of the client: its token, or, where it was resolved locally, its name, version and environment.
    Prompt(&'a Prompt),
    /// A number (`1.2.0`) or a sequence.
    Version { prompt: &'a str, version: &'a str },
    /// The token of an answer of `resolve`.
    Resolution(&'a str),
}

impl<'a> From<&'a Prompt> for Subject<'a> {
    fn from(prompt: &'a Prompt) -> Self {
        Self::Prompt(prompt)
    }
}

impl<'a> From<(&'a str, &'a str)> for Subject<'a> {
    fn from((prompt, version): (&'a str, &'a str)) -> Self {
        Self::Version { prompt, version }
    }
}

/// One call: say what is known of it, then hand it to [`Recorder::record`](crate::Recorder::record).
#[must_use = "nothing is recorded until this is handed to a recorder"]
#[derive(Debug, Clone)]
pub struct Execution {
    pub(crate) new: Box<NewExecution>,
    pub(crate) started: Option<Timestamp>,
    /// False: nobody will look at variables, input and output, so they are not even written down.
    bodies: bool,
}

impl Execution {
    /// A success that took this long; [`Execution::status`] says otherwise.
    pub fn of<'a>(subject: impl Into<Subject<'a>>, latency: Duration) -> Self {
        let mut new = Box::new(NewExecution::default());
        match subject.into() {
            Subject::Resolution(token) => new.resolution = Some(token.to_owned()),
            Subject::Version { prompt, version } => {
                new.prompt = Some(prompt.to_owned());
                new.version = Some(version.to_owned());
            }
            Subject::Prompt(prompt) => match prompt.resolution() {
                Some(token) => new.resolution = Some(token.to_owned()),
                None => {
                    new.prompt = Some(prompt.name().to_owned());
                    new.version = Some(prompt.version().to_owned());
                    new.environment = Some(prompt.environment().to_owned());
                }
            },
        }
        new.status = Some(ExecutionStatus::Success);
        new.latency_ms = Some(latency.as_secs_f64() * 1000.0);
        Self { new, started: None, bodies: true }
    }

    pub(crate) fn without_bodies(mut self) -> Self {
        self.bodies = false;
        self
    }

    pub fn status(mut self, status: ExecutionStatus) -> Self {
        self.new.status = Some(status);
        self
    }

    /// Of a call that failed: a name that others have too (`rate_limited`), and what was said.
    pub fn error(mut self, kind: impl Into<String>, message: impl fmt::Display) -> Self {
        if self.new.status == Some(ExecutionStatus::Success) {
            self.new.status = Some(ExecutionStatus::Error);
        }
        self.new.error_type = Some(kind.into());
        self.new.error_message = Some(message.to_string());
        self
    }

    /// A name of its own, 1 to 128 characters; by default a UUIDv7 is made when it is recorded.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.new.id = Some(id.into());
        self
    }

    /// Default: the recorder's, else the key's, else the production environment.
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.new.environment = Some(name.into());
        self
    }

    /// The end user, as named to `resolve`.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.new.key = Some(key.into());
        self
    }

    pub fn session(mut self, session: impl Into<String>) -> Self {
        self.new.session = Some(session.into());
        self
    }

    /// What the prompt was filled in with.
    pub fn variables(mut self, variables: &(impl Serialize + ?Sized)) -> Self {
        self.new.variables = self.body(variables);
        self
    }

    /// What was sent to the model: a text, messages, anything that can be JSON.
    pub fn input(mut self, input: &(impl Serialize + ?Sized)) -> Self {
        self.new.input = self.body(input);
        self
    }

    /// What came back.
    pub fn output(mut self, output: &(impl Serialize + ?Sized)) -> Self {
        self.new.output = self.body(output);
        self
    }

    /// What cannot be written as JSON is left out.
    fn body(&self, value: &(impl Serialize + ?Sized)) -> Option<Box<RawValue>> {
        self.bodies.then(|| serde_json::value::to_raw_value(value).ok()).flatten()
    }

    /// All input tokens, cached ones included, and all output tokens, reasoning included.
    pub fn tokens(mut self, input: u64, output: u64) -> Self {
        self.new.input_tokens = Some(input);
        self.new.output_tokens = Some(output);
        self
    }

    /// Of the input tokens: read from the provider's cache, and written to it.
    pub fn cached_tokens(mut self, read: u64, written: u64) -> Self {
        self.new.cached_tokens = Some(read);
        self.new.cache_write_tokens = Some(written);
        self
    }

    /// Of the output tokens.
    pub fn reasoning_tokens(mut self, tokens: u64) -> Self {
        self.new.reasoning_tokens = Some(tokens);
        self
    }

    /// The counts were estimated here, not reported by the provider.
    pub fn tokens_estimated(mut self) -> Self {
        self.new.tokens_estimated = Some(true);
        self
    }

    /// Sent through the provider's batch interface, which has prices of its own.
    pub fn batch(mut self) -> Self {
        self.new.batch = Some(true);
        self
    }

    /// US dollars; by default the server computes them from the price of the model.
    pub fn cost_usd(mut self, dollars: f64) -> Self {
        // Twelve decimals are what the server counts in.
        let text = format!("{dollars:.12}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        self.new.cost_usd = text.parse::<Number>().ok();
        self
    }

    /// What really answered; by default that of the version's settings.
    pub fn model(mut self, provider: impl Into<String>, model: impl Into<String>) -> Self {
        self.new.provider = Some(provider.into());
        self.new.model = Some(model.into());
        self
    }

    /// ISO 3166-1 alpha-2.
    pub fn country(mut self, country: impl Into<String>) -> Self {
        self.new.country = Some(country.into());
        self
    }

    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        match &mut self.new.tags {
            Some(Tags::Values(values)) => drop(values.insert(name, value)),
            _ => self.new.tags = Some(Tags::Values(BTreeMap::from([(name, value)]))),
        }
        self
    }

    pub fn metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.new.metadata = Some(metadata);
        self
    }

    pub fn trace(mut self, trace_id: impl Into<String>, span_id: impl Into<String>) -> Self {
        self.new.trace_id = Some(trace_id.into());
        self.new.span_id = Some(span_id.into());
        self
    }

    pub fn parent_span(mut self, span_id: impl Into<String>) -> Self {
        self.new.parent_span_id = Some(span_id.into());
        self
    }

    /// By default `Live`; tests and evaluations are not in statistics unless asked for.
    pub fn purpose(mut self, purpose: Purpose) -> Self {
        self.new.purpose = Some(purpose);
        self
    }

    /// By default what the clock says when it is recorded, less the latency.
    pub fn started_at(mut self, at: Timestamp) -> Self {
        self.started = Some(at);
        self
    }

    /// A number, a yes or no, or a category. What is none of these (such as not-a-number) is left out.
    pub fn score(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        if let Some(value) = score_value(value.into()) {
            self.new.scores.get_or_insert_default().insert(name.into(), value);
        }
        self
    }
}

pub(crate) fn score_value(value: Value) -> Option<ScoreValue> {
    match value {
        Value::Bool(yes) => Some(ScoreValue::Boolean(yes)),
        Value::Number(number) => number.as_f64().filter(|number| number.is_finite()).map(ScoreValue::Number),
        Value::String(text) => Some(ScoreValue::Category(text)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A call under way. When it has ended, say how; one that is dropped is not recorded.
#[must_use = "say how the call ended, and hand that to the recorder"]
pub struct Started {
    execution: Execution,
    clock: Arc<dyn Clock>,
    began: Duration,
}

impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Started").field("execution", &self.execution).finish_non_exhaustive()
    }
}

impl Started {
    pub(crate) fn new(execution: Execution, clock: Arc<dyn Clock>) -> Self {
        let began = clock.steady();
        let execution = execution.started_at(clock.now());
        Self { execution, clock, began }
    }

    pub fn success(self) -> Execution {
        self.ended(ExecutionStatus::Success)
    }

    /// It failed: a name that others have too (`rate_limited`), and what was said.
    pub fn error(self, kind: impl Into<String>, message: impl fmt::Display) -> Execution {
        self.ended(ExecutionStatus::Error).error(kind, message)
    }

    /// Nobody waited any longer.
    pub fn timeout(self) -> Execution {
        self.ended(ExecutionStatus::Timeout)
    }

    /// A guardrail or the provider's own filter refused.
    pub fn blocked(self, message: impl fmt::Display) -> Execution {
        self.ended(ExecutionStatus::Blocked).error("blocked", message)
    }

    fn ended(self, status: ExecutionStatus) -> Execution {
        let Self { mut execution, clock, began } = self;
        let latency = clock.steady().saturating_sub(began);
        execution.new.latency_ms = Some(latency.as_secs_f64() * 1000.0);
        execution.status(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(execution: &Execution) -> Value {
        serde_json::to_value(&execution.new).expect("JSON")
    }

    #[test]
    fn money_has_no_more_decimals_than_the_server_takes() {
        let cost = |dollars: f64| {
            let execution = Execution::of(("a", "1"), Duration::ZERO).cost_usd(dollars);
            execution.new.cost_usd.map(|cost| cost.to_string())
        };
        for (dollars, expected) in [
            (0.000_225, "0.000225"),
            (0.1 + 0.2, "0.3"),
            (3.0, "3"),
            (0.0, "0"),
            (1e-13, "0"),
            (100.0, "100"),
        ] {
            assert_eq!(cost(dollars).as_deref(), Some(expected));
        }
        assert_eq!((cost(f64::NAN), cost(f64::INFINITY)), (None, None));
    }

    #[test]
    fn a_call_says_what_it_was_told() {
        let call = Execution::of(("support/reply", "1.2.0"), Duration::from_micros(1500))
            .error("rate_limited", "slow down")
            .tokens(10, 5)
            .tag("team", "blue")
            .tag("tier", "gold")
            .score("thumbs", true)
            .score("accuracy", 0.5)
            .score("nothing", f64::NAN)
            .score("tone", "kind")
            .output("text")
            .purpose(Purpose::Test);
        let expected = serde_json::json!({
            "prompt": "support/reply", "version": "1.2.0", "latency_ms": 1.5, "status": "error",
            "error_type": "rate_limited", "error_message": "slow down", "input_tokens": 10, "output_tokens": 5,
            "tags": {"team": "blue", "tier": "gold"}, "output": "text", "purpose": "test",
            "scores": {"accuracy": 0.5, "thumbs": true, "tone": "kind"},
        });
        assert_eq!(text(&call), expected);
        let bare = Execution::of(Subject::Resolution("token"), Duration::ZERO).without_bodies();
        let bare = bare.input("a").output("b").variables(&1);
        assert_eq!(
            text(&bare),
            serde_json::json!({"resolution": "token", "latency_ms": 0.0, "status": "success"})
        );
    }
}
