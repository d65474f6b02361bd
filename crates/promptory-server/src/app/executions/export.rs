//! Executions as a file: every one that the filters let through, page by page as it is taken.

use bytes::Bytes;
use futures_util::{Stream, stream};
use promptory_api::execution::{Execution, ExecutionDetail, ExecutionExport};
use promptory_store::{ExecutionFilter, ExecutionRow, Position};
use serde_json::Value;

use super::{
    list::{all_shown, page_filter, some},
    show::show,
};
use crate::{
    app::{Ctx, Outcome},
    refusal::Refusal,
};

/// Rows that are read at once.
const PAGE: i64 = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Ndjson,
    Csv,
}

impl Format {
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

pub struct Export<S> {
    pub format: Format,
    pub pieces: S,
}

struct Walk {
    ctx: Ctx,
    filter: ExecutionFilter,
    before: Position,
    format: Format,
    bodies: bool,
    first: bool,
    done: bool,
}

/// # Errors
/// A filter cannot be used, or the format is none of ours.
pub async fn export(
    ctx: &Ctx,
    query: &ExecutionExport,
) -> Outcome<Export<impl Stream<Item = Result<Bytes, Refusal>> + use<>>> {
    let format = match query.format.as_deref() {
        None | Some("ndjson") => Format::Ndjson,
        Some("csv") => Format::Csv,
        Some(other) => {
            return Err(Refusal::invalid("/format", format!("{other:?} is none of ndjson and csv.")));
        }
    };
    let (filter, to) = page_filter(ctx, &query.clone().into()).await?;
    let walk = Walk {
        ctx: ctx.clone(),
        filter,
        before: Position { started_at: to, n: 0 },
        format,
        bodies: query.bodies == Some(true) && format == Format::Ndjson,
        first: true,
        done: false,
    };
    let pieces = stream::try_unfold(walk, |mut walk| async move {
        if walk.done {
            return Ok(None);
        }
        let piece = walk.next().await?;
        Ok(Some((piece, walk)))
    });
    Ok(Export { format, pieces })
}

impl Walk {
    async fn next(&mut self) -> Outcome<Bytes> {
        let rows = some(&self.ctx, &self.filter, self.before, PAGE).await?;
        match rows.last() {
            Some(last) => self.before = Position { started_at: last.started_at, n: last.n },
            None => self.done = true,
        }
        let text = match self.format {
            Format::Ndjson => self.lines(&rows).await?,
            Format::Csv => csv_lines(&all_shown(&self.ctx, &rows).await?, self.first)?,
        };
        self.first = false;
        Ok(text.into())
    }

    async fn lines(&self, rows: &[ExecutionRow]) -> Outcome<String> {
        let mut text = String::new();
        if self.bodies {
            for row in rows {
                // Gone since its page was read: retention goes on meanwhile.
                let Ok(detail) = show(&self.ctx, &row.id).await else { continue };
                push::<ExecutionDetail>(&mut text, &detail);
            }
        } else {
            all_shown(&self.ctx, rows).await?.iter().for_each(|one| push::<Execution>(&mut text, one));
        }
        Ok(text)
    }
}

fn push<T: serde::Serialize>(text: &mut String, one: &T) {
    text.push_str(&serde_json::to_string(one).unwrap_or_default());
    text.push('\n');
}

const COLUMNS: [&str; 25] = [
    "id",
    "started_at",
    "received_at",
    "prompt",
    "version",
    "environment",
    "variant",
    "status",
    "purpose",
    "latency_ms",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "cost_usd",
    "provider",
    "model",
    "country",
    "key",
    "session",
    "trace_id",
    "error_type",
    "error_message",
    "tags",
];

fn csv_lines(rows: &[Execution], head: bool) -> Outcome<String> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let failed = |_| Refusal::new(crate::refusal::Code::Internal, "The file could not be written.");
    if head {
        out.write_record(COLUMNS).map_err(failed)?;
    }
    for row in rows {
        let fields = serde_json::to_value(row).unwrap_or_default();
        let cells = COLUMNS.map(|name| cell(fields.get(name)));
        out.write_record(&cells).map_err(failed)?;
    }
    let bytes = out.into_inner().unwrap_or_default();
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

/// Text that a spreadsheet would run as a formula is marked as text.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
