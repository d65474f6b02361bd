//! How much memory something takes that waits, about: texts are what counts.

use promptory_api::execution::{NewExecution, NewScore, ScoreValue, Tags};
use serde_json::{Map, Value};

pub(crate) trait Weight {
    fn weight(&self) -> usize;
}

/// Of each part, for what is around its text.
const PART: usize = 32;

impl Weight for NewExecution {
    fn weight(&self) -> usize {
        let texts = [
            &self.id,
            &self.prompt,
            &self.version,
            &self.environment,
            &self.resolution,
            &self.key,
            &self.session,
            &self.error_type,
            &self.error_message,
            &self.provider,
            &self.model,
            &self.country,
            &self.trace_id,
            &self.span_id,
            &self.parent_span_id,
        ];
        let bodies = [&self.variables, &self.input, &self.output];
        let tags = match &self.tags {
            None => 0,
            Some(Tags::Values(values)) => {
                values.iter().map(|(name, value)| PART + name.len() + value.len()).sum()
            }
            Some(Tags::Names(names)) => names.iter().map(|name| PART + name.len()).sum(),
        };
        let scores = self.scores.iter().flatten().map(|(name, value)| PART + name.len() + text_of(value));
        size_of::<Self>()
            + texts.into_iter().flatten().map(String::len).sum::<usize>()
            + bodies.into_iter().flatten().map(|body| body.get().len()).sum::<usize>()
            + tags
            + self.metadata.as_ref().map_or(0, map)
            + scores.sum::<usize>()
    }
}

impl Weight for NewScore {
    fn weight(&self) -> usize {
        let texts = [
            &self.id,
            &self.execution_id,
            &self.session,
            &self.key,
            &self.prompt,
            &self.version,
            &self.comment,
            &self.source,
        ];
        let texts = texts.into_iter().flatten().map(String::len).sum::<usize>();
        size_of::<Self>() + texts + self.name.len() + text_of(&self.value)
    }
}

fn text_of(value: &ScoreValue) -> usize {
    match value {
        ScoreValue::Category(text) => text.len(),
        ScoreValue::Boolean(_) | ScoreValue::Number(_) => 0,
    }
}

fn map(map: &Map<String, Value>) -> usize {
    map.iter().map(|(name, value)| name.len() + of(value)).sum()
}

fn of(value: &Value) -> usize {
    PART + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(of).sum(),
        Value::Object(fields) => map(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::recorder::{Execution, Score};

    #[test]
    fn nothing_large_is_overlooked() {
        let long = "x".repeat(100_000);
        let call = || Execution::of(("a", "1"), Duration::ZERO);
        let mut metadata = Map::new();
        metadata.insert("a".to_owned(), serde_json::json!([{"b": long}]));
        let calls = [
            call().id(&*long),
            call().key(&*long),
            call().variables(&long),
            call().input(&long),
            call().output(&[&long]),
            call().error("x", &long),
            call().error(&*long, "x"),
            call().tag(&*long, ""),
            call().tag("", &*long),
            call().score(&*long, 1),
            call().score("a", &*long),
            call().metadata(metadata),
            Execution::of((&*long, "1"), Duration::ZERO),
            Execution::of(crate::Subject::Resolution(&long), Duration::ZERO),
        ];
        for call in calls {
            assert!(call.new.weight() > 100_000, "{:.300}", format!("{call:?}"));
        }
        let plain = call().new.weight();
        assert!((500..2000).contains(&plain), "{plain}");
        let score = Score::of_session("s", "a", true).comment(&*long);
        assert!(score.new.is_some_and(|new| new.weight() > 100_000));
    }
}
