//! What came back, and what a story says about it.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// For messages.
    pub(crate) asked: String,
}

impl Answer {
    /// Any 2xx.
    #[track_caller]
    pub(crate) fn good(self) -> Self {
        assert!((200..300).contains(&self.status), "{self}");
        self
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    #[track_caller]
    pub(crate) fn refused(self, code: &str) -> Self {
        assert!(self.status >= 400, "{self}");
        let json = self.json();
        // Langfuse clients find it in `error`.
        assert_eq!(json.get("code").or_else(|| json.get("error")), Some(&Value::from(code)), "{self}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("not JSON: {error}: {self}"))
    }

    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of visible characters"))
    }

    /// The page of the list, each item seen through `look`.
    #[track_caller]
    pub(crate) fn items(&self, look: &str) -> Vec<String> {
        let json = self.json();
        let items = json["items"].as_array().unwrap_or_else(|| panic!("no list: {self}"));
        items.iter().map(|item| word(&item[look])).collect()
    }

    /// What is wrong and where, in order: `code pointer`.
    #[track_caller]
    pub(crate) fn problems(&self) -> Vec<String> {
        let json = self.json();
        let problems = json["errors"].as_array().unwrap_or_else(|| panic!("no errors: {self}"));
        problems.iter().map(|p| format!("{} {}", word(&p["code"]), word(&p["pointer"]))).collect()
    }

    /// The value of one field, as text.
    #[track_caller]
    pub(crate) fn field(&self, pointer: &str) -> String {
        let json = self.json();
        word(json.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}: {self}")))
    }
}

/// A string without its quotes, anything else as JSON.
pub(crate) fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(2_000).collect();
        write!(f, "{} answered {} {body}", self.asked, self.status)
    }
}
