//! The API document as a judge: each answer that the suite sees is held against it at once.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use http::Method;
use jsonschema::Validator;
use promptory_server::{
    http::{langfuse, router},
    refusal::Code,
};
use serde_json::Value;

use crate::answer::Answer;

pub(crate) struct Operation {
    /// `GET`.
    pub(crate) method: String,
    /// `/api/v1/prompts/{name}`.
    pub(crate) template: String,
    pub(crate) value: Value,
}

pub(crate) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = router::document().to_json().expect("the document is JSON");
    serde_json::from_str(&text).expect("JSON")
});

pub(crate) static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let of_path = |(template, item): (&String, &Value)| {
        let operations = item.as_object().expect("operations").iter();
        operations
            .map(|(method, value)| Operation {
                method: method.to_uppercase(),
                template: template.clone(),
                value: value.clone(),
            })
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
});

impl Operation {
    /// The permission that the document names; none: open to all.
    pub(crate) fn permission(&self) -> Option<&str> {
        self.value["security"][0]["key"][0].as_str()
    }

    pub(crate) fn declares(&self, status: u16) -> bool {
        self.value["responses"].get(status.to_string()).is_some()
    }

    fn is_served_from_memory(&self) -> bool {
        self.template.ends_with("/active") || self.template.ends_with("/resolve")
    }

    /// How many segments are met literally; none: another address. As the router does it, a parameter may be empty
    /// unless it is the last segment.
    fn fit(&self, path: &str) -> Option<usize> {
        let (ours, theirs) = (self.template.split('/'), path.split('/'));
        if ours.clone().count() != theirs.clone().count() || path.ends_with('/') {
            return None;
        }
        ours.zip(theirs).try_fold(0, |literal, (our, their)| match our == their {
            true => Some(literal + 1),
            false => our.starts_with('{').then_some(literal),
        })
    }
}

/// The operation that answers here; `Err(true)`: the address exists, the method does not.
fn find(method: &Method, path: &str) -> Result<&'static Operation, bool> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let there = || OPERATIONS.iter().filter_map(|operation| Some((operation.fit(path)?, operation)));
    // As the router does it: the address comes first, whatever it takes.
    let best = there().map(|(fit, _)| fit).max();
    let mut nearest = there().filter(|(fit, _)| Some(*fit) == best).map(|(_, operation)| operation);
    nearest.find(|operation| operation.method == method.as_str()).ok_or(best.is_some())
}

/// Answers what was seen: `GET /api/v1/prompts/{name} 200`.
#[track_caller]
pub(crate) fn check(method: &Method, path: &str, answer: &Answer) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let found = find(method, path);
    let status = answer.status;
    match &found {
        // Refused before it is known where it leads.
        _ if path.contains("%00") => assert_eq!(status, 400, "{answer}"),
        Ok(operation) => {
            assert!(operation.declares(status), "{} does not declare this: {answer}", operation.template);
        }
        Err(true) => assert_eq!(status, 405, "{answer}"),
        Err(false) if path.starts_with("/api/docs") || path == "/api/openapi.json" => {}
        Err(false) => assert_eq!(status, 404, "{answer}"),
    }
    let from_memory = found.as_ref().is_ok_and(|operation| operation.is_served_from_memory());
    if !(from_memory && status < 400) {
        assert!(answer.headers.contains_key("x-request-id"), "no request id: {answer}");
    }
    if status >= 400 && *method != Method::HEAD && found.as_ref().map_or(true, |o| o.permission().is_some()) {
        match langfuse::is_theirs(path) {
            true => langfuse_error(answer),
            false => problem(answer),
        }
    }
    if let Ok(operation) = found {
        if status < 300 && *method != Method::HEAD {
            fits(operation, answer);
        }
        format!("{} {} {status}", operation.method, operation.template)
    } else {
        format!("{method} {path} {status}")
    }
}

/// What the document says of the body of a status; none: it is not JSON.
fn validator(operation: &Operation, status: u16) -> Option<Arc<Validator>> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let schema = &operation.value["responses"][status.to_string()]["content"]["application/json"]["schema"];
    let mut schema = schema.as_object()?.clone();
    let made = format!("{} {} {status}", operation.method, operation.template);
    let mut kept = MADE.lock().expect("no test panicked here");
    let validator = kept.entry(made).or_insert_with(|| {
        schema.insert("components".to_owned(), DOCUMENT["components"].clone());
        let schema = Value::Object(schema);
        Arc::new(jsonschema::validator_for(&schema).expect("the document holds schemas"))
    });
    Some(Arc::clone(validator))
}

/// The body is what the document promises, with every field that it calls required.
#[track_caller]
fn fits(operation: &Operation, answer: &Answer) {
    let Some(validator) = validator(operation, answer.status) else { return };
    if answer.headers.contains_key("content-encoding") {
        // The story that asked for it unpacks it.
        return;
    }
    let json = answer.json();
    let problems: Vec<String> =
        validator.iter_errors(&json).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:?}: {answer}");
}

/// What Langfuse clients read of an error.
#[track_caller]
fn langfuse_error(answer: &Answer) {
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer}");
    let json = answer.json();
    let code = json["error"].as_str().unwrap_or_else(|| panic!("no error: {answer}"));
    assert!(Code::ALL.iter().any(|known| known.as_str() == code), "the code is in no list: {answer}");
    assert!(json["message"].as_str().is_some_and(|message| !message.is_empty()), "{answer}");
    assert_eq!(json.as_object().map(serde_json::Map::len), Some(2), "{answer}");
    assert_ne!(code, "internal", "a fault of the server: {answer}");
}

/// Every field of a problem document, each with the value that it must have.
#[track_caller]
pub(crate) fn problem(answer: &Answer) {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer}");
    let json = answer.json();
    let text =
        |field: &str| json[field].as_str().unwrap_or_else(|| panic!("no {field}: {answer}")).to_owned();
    let code = text("code");
    let known = Code::ALL.iter().find(|known| known.as_str() == code);
    let known = known.unwrap_or_else(|| panic!("the code is in no list: {answer}"));
    assert_eq!(known.status().as_u16(), answer.status, "{answer}");
    assert_eq!(json["status"], answer.status, "{answer}");
    assert_eq!(text("type"), format!("/api/docs/errors#{code}"), "{answer}");
    assert_eq!(text("title"), known.title(), "{answer}");
    assert!(!text("detail").is_empty(), "{answer}");
    assert_eq!(Some(text("request_id").as_str()), answer.header("x-request-id"), "{answer}");
    if matches!(answer.status, 429 | 503) {
        assert!(answer.headers.contains_key("retry-after"), "{answer}");
    }
    for error in json["errors"].as_array().into_iter().flatten() {
        let pointer = error["pointer"].as_str().unwrap_or_else(|| panic!("no pointer: {answer}"));
        assert!(pointer.is_empty() || pointer.starts_with('/'), "{answer}");
        assert!(error["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{answer}");
    }
    assert_ne!(code, "internal", "a fault of the server: {answer}");
}
