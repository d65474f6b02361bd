//! The probe prompt, and what is said of each step.

use std::cell::{Cell, RefCell};

use promptory_server::clock::{Clock, SystemClock, instant};
use promptory_server::ids::{SystemIds, uuid_v7};
use serde_json::{Value, json};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

pub(super) struct Probe<'a> {
    pub(super) context: &'a Context,
    pub(super) environment: Option<String>,
    /// Says what it is, to whoever finds one that was left behind.
    pub(super) name: String,
    /// The server may have it: it has to be taken away.
    pub(super) made: Cell<bool>,
    said: RefCell<Vec<Value>>,
}

impl<'a> Probe<'a> {
    pub(super) fn new(context: &'a Context, environment: Option<String>) -> Self {
        let id = uuid_v7(&SystemIds, SystemClock.now());
        let name = format!("promptory-probe/{id}");
        Self { context, environment, name, made: Cell::new(false), said: RefCell::default() }
    }

    /// Does one step and says how it went; `advice` is for the case that it fails.
    pub(super) async fn step<T>(
        &self,
        name: &'static str,
        advice: &'static str,
        work: impl Future<Output = Result<(T, String), Failure>>,
    ) -> Result<T, Failure> {
        let began = instant();
        let outcome = work.await;
        let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match outcome {
            Ok((value, detail)) => {
                self.say(true, name, ms, &detail, None);
                Ok(value)
            }
            Err(failure) => {
                self.say(false, name, ms, failure.words().trim(), Some(advice));
                Err(failure)
            }
        }
    }

    fn say(&self, good: bool, step: &str, ms: u64, detail: &str, advice: Option<&str>) {
        let word = if good { "ok" } else { "fail" };
        self.said
            .borrow_mut()
            .push(json!({"level": word, "step": step, "ms": ms, "detail": detail, "advice": advice}));
        if !self.context.out.is_json() {
            // Nobody may be left to read it; the probe is taken away all the same.
            let _ = self.context.out.block(&format!("{word:<4}  {step:<8}  {ms:>5} ms  {detail}"));
            if let Some(advice) = advice {
                let _ = self.context.out.block(&format!("      What to do: {advice}"));
            }
        }
    }

    /// What was served is archived, as everything that was; what was not is deleted. False: it is still there.
    pub(super) async fn take_away(&self) -> bool {
        if !self.made.get() {
            return true;
        }
        let advice = "archive or delete that prompt yourself; a key that is bound to an environment may not";
        let done = self.step("clean up", advice, async {
            let route = Route::prompt(&self.name)?;
            match self.context.client.delete(&route).await {
                Ok(_) => return Ok(((), format!("{} is deleted", self.name))),
                Err(Failure::Refused { status: 404, .. }) => {
                    return Ok(((), "there was nothing to do".to_owned()));
                }
                Err(Failure::Refused { status: 409, .. }) => {}
                Err(failure) => return Err(failure),
            }
            self.context.client.post_empty(&route.then("/archive")).await?;
            Ok(((), format!("{} is archived: what was served is never deleted", self.name)))
        });
        let done = done.await.is_ok();
        if !done {
            self.context.out.aside(&format!("The prompt {} is still there.", self.name));
        }
        done
    }

    pub(super) fn finish(&self, good: bool) -> Result<(), Failure> {
        let out = &self.context.out;
        if out.is_json() {
            return out
                .json(&json!({"good": good, "probe": self.name, "steps": *self.said.borrow()}).to_string());
        }
        let word =
            if good { "This installation works." } else { "This installation does not work as it should." };
        out.block(&format!("\n{word}"))
    }
}
