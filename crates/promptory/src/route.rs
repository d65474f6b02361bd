//! Paths and queries of the HTTP interface.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::failure::Failure;

/// All but what RFC 3986 calls unreserved; so `/` in a prompt's name becomes `%2F`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path below `/api/v1`, with its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    path: String,
    query: String,
}

impl Route {
    /// A fixed path such as `/prompts`.
    pub(crate) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), query: String::new() }
    }

    /// `/prompts/{name}`.
    pub(crate) fn prompt(name: &str) -> Result<Self, Failure> {
        Self::new("/prompts").segment(name)
    }

    /// `/prompts/{name}/versions/{ref}`.
    pub(crate) fn version(name: &str, reference: &str) -> Result<Self, Failure> {
        Self::prompt(name)?.then("/versions").segment(reference)
    }

    /// One more segment of the path, encoded. The empty one and dots alone would name another path.
    pub(crate) fn segment(mut self, text: &str) -> Result<Self, Failure> {
        if matches!(text, "" | "." | "..") {
            return Err(Failure::Usage(format!("{text:?} is no name and no reference")));
        }
        self.path.push('/');
        self.path.extend(utf8_percent_encode(text, ENCODED));
        Ok(self)
    }

    /// A fixed rest of the path, such as `/archive`.
    pub(crate) fn then(mut self, path: &str) -> Self {
        self.path.push_str(path);
        self
    }

    /// One parameter of the query, if there is a value.
    pub(crate) fn query(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.query.push(if self.query.is_empty() { '?' } else { '&' });
            self.query.push_str(name);
            self.query.push('=');
            self.query.extend(utf8_percent_encode(value, ENCODED));
        }
        self
    }

    pub(crate) fn to_path(&self) -> String {
        format!("{}{}", self.path, self.query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_segment() {
        let check = |name: &str, expected: &str| {
            let route = Route::prompt(name).expect("a name").then("/history");
            assert_eq!(route.to_path(), format!("/prompts/{expected}/history"), "{name}");
        };
        check("support/reply", "support%2Freply");
        check("a b?c&d=e%", "a%20b%3Fc%26d%3De%25");
        check("日本", "%E6%97%A5%E6%9C%AC");
        check("a-b_c.d~e", "a-b_c.d~e");
        check("...", "...");
    }

    #[test]
    fn what_would_leave_the_path_is_refused() {
        for bad in ["", ".", ".."] {
            assert!(Route::version("a", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn ranges_and_queries_are_encoded() {
        let route = Route::version("a", "^1.2").expect("a reference");
        assert_eq!(route.to_path(), "/prompts/a/versions/%5E1.2");
        let route =
            Route::new("/audit").query("from", None).query("prompt", Some("a/b")).query("limit", Some("3"));
        assert_eq!(route.to_path(), "/audit?prompt=a%2Fb&limit=3");
    }
}
