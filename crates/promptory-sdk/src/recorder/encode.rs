//! From what waits to what is sent: lines of JSON, without what may not leave the process.

use std::{
    collections::VecDeque,
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use flate2::{Compression, write::GzEncoder};
use promptory_api::execution::{NewExecution, NewScore};
use promptory_core::{limits::EXECUTIONS_BODY_BYTES, time::Timestamp};
use serde::Serialize;
use serde_json::{Value, value::RawValue};

use super::queue::{Entry, What};

/// What of a call may name a person or hold a secret. A redaction changes it, or takes away parts.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Bodies {
    pub variables: Option<Value>,
    pub input: Option<Value>,
    pub output: Option<Value>,
    pub error_message: Option<String>,
}

pub(crate) type Redact = Arc<dyn Fn(&mut Bodies) + Send + Sync>;

#[derive(Clone, Default)]
pub(crate) struct Encoder {
    pub(crate) environment: Option<String>,
    pub(crate) redact: Option<Redact>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Execution,
    Score,
}

/// Of one kind, for one request.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) kind: Kind,
    pub(crate) lines: Vec<Vec<u8>>,
    /// How often it was sent.
    pub(crate) attempts: u32,
}

#[derive(Default)]
pub(crate) struct Encoded {
    pub(crate) batches: VecDeque<Batch>,
    pub(crate) too_large: u64,
    pub(crate) unredacted: u64,
}

impl Encoder {
    pub(crate) fn encode(&self, entries: Vec<Entry>, (count, bytes): (usize, usize)) -> Encoded {
        let mut encoded = Encoded::default();
        let (mut executions, mut scores) = (Vec::new(), Vec::new());
        for Entry { id, what, .. } in entries {
            let (lines, line) = match what {
                What::Execution { new, started } => {
                    let line = self.execution(*new, &id, started, &mut encoded.unredacted);
                    (&mut executions, line)
                }
                What::Score { new, at } => (&mut scores, score(*new, &id, at)),
            };
            // Room for the rest of a request.
            match line.filter(|line| line.len() + 64 <= EXECUTIONS_BODY_BYTES) {
                Some(line) => lines.push(line),
                None => encoded.too_large += 1,
            }
        }
        for (kind, lines) in [(Kind::Execution, executions), (Kind::Score, scores)] {
            encoded.batches.extend(batches(kind, lines, (count, bytes)));
        }
        encoded
    }

    fn execution(
        &self,
        mut new: NewExecution,
        id: &str,
        started: Timestamp,
        unredacted: &mut u64,
    ) -> Option<Vec<u8>> {
        new.id = Some(id.to_owned());
        new.started_at = Some(started.to_rfc3339());
        if new.environment.is_none() && new.resolution.is_none() {
            new.environment.clone_from(&self.environment);
        }
        if let Some(redact) = &self.redact
            && !redacted(&mut new, redact)
        {
            *unredacted += 1;
        }
        line(&new)
    }
}

fn score(mut new: NewScore, id: &str, at: Timestamp) -> Option<Vec<u8>> {
    new.id = Some(id.to_owned());
    new.at = Some(at.to_rfc3339());
    line(&new)
}

/// Names with line breaks are written as JSON writes them: a line is one line.
fn line(value: &impl Serialize) -> Option<Vec<u8>> {
    serde_json::to_vec(value).ok()
}

/// False: it failed, and nothing of the bodies is left.
fn redacted(new: &mut NewExecution, redact: &Redact) -> bool {
    let given = |body: Option<Box<RawValue>>| body.and_then(|body| serde_json::from_str(body.get()).ok());
    let mut bodies = Bodies {
        variables: given(new.variables.take()),
        input: given(new.input.take()),
        output: given(new.output.take()),
        error_message: new.error_message.take(),
    };
    if bodies == Bodies::default() {
        return true;
    }
    // What a redaction that failed has not seen may be what it is for.
    if catch_unwind(AssertUnwindSafe(|| redact(&mut bodies))).is_err() {
        return false;
    }
    let raw = |body: Option<Value>| body.and_then(|body| serde_json::value::to_raw_value(&body).ok());
    new.variables = raw(bodies.variables);
    new.input = raw(bodies.input);
    new.output = raw(bodies.output);
    new.error_message = bodies.error_message;
    true
}

/// At least one line in each, and no more than fit.
pub(crate) fn batches(
    kind: Kind,
    lines: Vec<Vec<u8>>,
    (count, bytes): (usize, usize),
) -> impl Iterator<Item = Batch> {
    let mut lines = lines.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut batch = vec![lines.next()?];
        let mut size = batch[0].len();
        while batch.len() < count
            && let Some(line) = lines.next_if(|line| size + line.len() < bytes)
        {
            size += line.len() + 1;
            batch.push(line);
        }
        Some(Batch { kind, lines: batch, attempts: 0 })
    })
}

impl Batch {
    pub(crate) fn len(&self) -> u64 {
        self.lines.len() as u64
    }

    /// Two halves; none of one line.
    pub(crate) fn split(&mut self) -> Option<Self> {
        let half = self.lines.len() / 2;
        let lines = (half > 0).then(|| self.lines.split_off(half))?;
        Some(Self { kind: self.kind, lines, attempts: self.attempts })
    }

    /// Executions as a line each, so that one that is wrong harms no other; scores as a list.
    pub(crate) fn body(&self) -> Vec<u8> {
        match self.kind {
            Kind::Execution => self.lines.join(&b'\n'),
            Kind::Score => {
                let mut body = self.lines.join(&b',');
                body.insert(0, b'[');
                body.push(b']');
                body
            }
        }
    }
}

pub(crate) fn packed(body: &[u8]) -> Option<Vec<u8>> {
    let mut packing = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    packing.write_all(body).ok()?;
    packing.finish().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::recorder::execution::Execution;

    fn entry(execution: Execution) -> Entry {
        let at = Timestamp::parse_rfc3339("2026-11-20T10:00:00.250Z").expect("a time");
        Entry {
            id: Arc::from("id-1"),
            at,
            bytes: 1,
            what: What::Execution { new: execution.new, started: at },
        }
    }

    fn encoded(encoder: &Encoder, execution: Execution) -> (Value, u64) {
        let mut encoded = encoder.encode(vec![entry(execution)], (10, 1000));
        let batch = encoded.batches.pop_front().expect("a batch");
        (serde_json::from_slice(&batch.body()).expect("JSON"), encoded.unredacted)
    }

    fn call() -> Execution {
        Execution::of(("a", "1"), Duration::ZERO)
            .input("my card is 4111")
            .output(&["fine\n"])
            .error("x", "4111?")
    }

    #[test]
    fn what_is_missing_is_filled_in() {
        let encoder = Encoder { environment: Some("staging".to_owned()), redact: None };
        let (line, _) = encoded(&encoder, call());
        assert_eq!(line["id"], "id-1");
        assert_eq!(line["started_at"], "2026-11-20T10:00:00.250Z");
        assert_eq!(line["environment"], "staging");
        assert_eq!(encoded(&encoder, call().environment("production")).0["environment"], "production");
    }

    #[test]
    fn a_redaction_sees_all_texts_and_one_that_fails_leaves_none() {
        let redact: Redact = Arc::new(|bodies| {
            bodies.input = bodies.input.take().map(|_| Value::from("[redacted]"));
            bodies.error_message = None;
        });
        let (line, failed) = encoded(&Encoder { redact: Some(redact), environment: None }, call());
        assert_eq!(
            (&line["input"], &line["output"][0], failed),
            (&Value::from("[redacted]"), &Value::from("fine\n"), 0)
        );
        assert!(line.get("error_message").is_none());
        let redact: Redact = Arc::new(|bodies| assert!(bodies.input.is_none(), "of the test"));
        let (line, failed) = encoded(&Encoder { redact: Some(redact), environment: None }, call());
        assert_eq!(failed, 1);
        assert!(["input", "output", "error_message"].iter().all(|name| line.get(name).is_none()), "{line}");
        assert_eq!(line["error_type"], "x");
    }

    #[test]
    fn batches_hold_what_fits_and_all_of_it() {
        let lines = |sizes: &[usize]| sizes.iter().map(|size| vec![b'x'; *size]).collect::<Vec<_>>();
        let sizes = |given: &[usize]| {
            let made = batches(Kind::Execution, lines(given), (3, 100));
            made.map(|batch| batch.lines.iter().map(Vec::len).collect()).collect::<Vec<Vec<_>>>()
        };
        assert_eq!(sizes(&[]), Vec::<Vec<usize>>::new());
        assert_eq!(sizes(&[500, 40, 40, 40, 1, 1, 1]), [vec![500], vec![40, 40], vec![40, 1, 1], vec![1]]);
        let mut batch = Batch { kind: Kind::Score, lines: lines(&[1, 2, 3]), attempts: 2 };
        let second = batch.split().expect("two halves");
        assert_eq!((batch.len(), second.len(), second.attempts), (1, 2, 2));
        assert_eq!(second.body(), b"[xx,xxx]");
        assert!(batch.split().is_none());
    }
}
