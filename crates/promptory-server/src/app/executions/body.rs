//! The bodies of a recording: one object, a list, or a line for each (NDJSON), plain or gzipped.

use std::io::Read;

use promptory_api::execution::NewExecution;
use promptory_core::limits;
use serde_json::value::RawValue;

use crate::{
    app::Outcome,
    refusal::{Code, Refusal},
};

/// One of a batch, not looked into yet.
pub struct Item<'a>(Result<&'a str, String>);

impl Item<'_> {
    /// # Errors
    /// It is no execution; what is wrong, for the caller.
    pub fn parse(self) -> Result<NewExecution, String> {
        let text = self.0?;
        if text.trim_start().starts_with('[') {
            return Err("It is a list; send an object.".to_owned());
        }
        serde_json::from_str(text).map_err(|error| {
            // All the names that there are would hide what is wrong.
            let told = error.to_string();
            let told = told.split(", expected one of").next().unwrap_or_default();
            format!("It is no execution: {told}.")
        })
    }
}

pub struct Batch<'a> {
    /// One object by itself: what is wrong with it is the whole answer.
    pub single: bool,
    pub items: Vec<Item<'a>>,
}

/// # Errors
/// It is no JSON, empty, or holds too many.
pub fn read_batch(body: &[u8], lines: bool) -> Outcome<Batch<'_>> {
    let text =
        std::str::from_utf8(body).map_err(|_| Refusal::new(Code::Malformed, "The body is not UTF-8."))?;
    let text = text.trim_ascii();
    let batch = if lines {
        let items = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| Item(Ok(line)));
        Batch { single: false, items: items.collect() }
    } else if text.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(text)
            .map_err(|error| Refusal::new(Code::Malformed, format!("The body is not JSON: {error}.")))?;
        Batch { single: false, items: items.into_iter().map(|item| Item(Ok(item.get()))).collect() }
    } else {
        let item: &RawValue = serde_json::from_str(text).map_err(|error| {
            let hint = if text.contains('\n') {
                " For one execution a line send Content-Type: application/x-ndjson."
            } else {
                ""
            };
            Refusal::new(Code::Malformed, format!("The body is not JSON: {error}.{hint}"))
        })?;
        Batch { single: true, items: vec![Item(Ok(item.get()))] }
    };
    if batch.items.len() > limits::EXECUTIONS_PER_REQUEST {
        let detail = format!("A request has at most {} executions.", limits::EXECUTIONS_PER_REQUEST);
        return Err(Refusal::new(Code::TooLarge, detail));
    }
    Ok(batch)
}

/// # Errors
/// It is no gzip, or unpacks to more than a body may have.
pub fn unpack(body: &[u8]) -> Outcome<Vec<u8>> {
    let mut whole = Vec::new();
    let limit = limits::EXECUTIONS_BODY_BYTES as u64;
    let mut unpacked = flate2::read::MultiGzDecoder::new(body).take(limit + 1);
    unpacked
        .read_to_end(&mut whole)
        .map_err(|error| Refusal::new(Code::Malformed, format!("The body is no gzip: {error}.")))?;
    if whole.len() as u64 > limit {
        return Err(Refusal::new(Code::TooLarge, format!("A body unpacks to at most {limit} bytes.")));
    }
    Ok(whole)
}
