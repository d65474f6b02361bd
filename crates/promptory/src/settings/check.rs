//! What makes no sense whatever its place.

use tracing_subscriber::EnvFilter;

use super::Settings;
use super::secrets::{KEYS, Key};

impl Settings {
    pub(super) fn check(&self, problems: &mut Vec<String>) {
        let mut refuse = |key: &str, why: &str| {
            let place = self.get(key).map(|(_, source)| source.to_string()).unwrap_or_default();
            problems.push(format!("{place}: {key:?} {why}"));
        };
        if self.text("listen").is_some_and(|listen| port(listen).is_none()) {
            refuse("listen", "is an address and a port, such as 127.0.0.1:8080 or [::1]:8080");
        }
        let known =
            |url: &str| ["sqlite:", "postgres:", "postgresql:"].iter().any(|kind| url.starts_with(kind));
        if self.text("database_url").is_some_and(|url| !known(url)) {
            refuse("database_url", "must start with sqlite:// or postgres://");
        }
        for Key { key, file, .. } in KEYS {
            if let (Some((_, source)), Some((_, other))) = (self.get(key), self.get(file))
                && source.rank() == other.rank()
            {
                refuse(file, &format!("and {key:?} ({source}) are both set; leave one out"));
            }
        }
        if self
            .text("public_url")
            .is_some_and(|url| url.trim_end_matches('/') == "*" || !is_origin(url.trim_end_matches('/')))
        {
            refuse("public_url", "is an address without a path, such as https://prompts.example");
        }
        for origin in self.list("cors_origins").iter().filter(|origin| !is_origin(origin)) {
            refuse(
                "cors_origins",
                &format!("has {origin:?}; an origin is \"https://app.example\", or \"*\""),
            );
        }
        if self.text("webhook_addresses").is_some_and(|which| !matches!(which, "public" | "any")) {
            refuse("webhook_addresses", "is \"public\" or \"any\"");
        }
        if let Some(Err(why)) = self.text("log.level").map(EnvFilter::try_new) {
            refuse("log.level", &format!("cannot be used: {why}"));
        }
        if self.text("log.format").is_some_and(|format| !matches!(format, "json" | "text")) {
            refuse("log.format", "is \"json\" or \"text\"");
        }
        if self.text("otel.endpoint").is_some_and(|url| !is_web(url)) {
            refuse("otel.endpoint", "is an address such as http://127.0.0.1:4318");
        }
    }
}

fn port(listen: &str) -> Option<u16> {
    let (host, port) = listen.rsplit_once(':')?;
    // An IPv6 address without brackets would be cut at the wrong colon.
    let whole = !host.is_empty() && (!host.contains(':') || (host.starts_with('[') && host.ends_with(']')));
    whole.then(|| port.parse().ok()).flatten()
}

fn is_web(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Scheme, host and port, and nothing behind them.
fn is_origin(text: &str) -> bool {
    text == "*" || reqwest::Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text)
}
