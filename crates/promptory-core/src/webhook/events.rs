use serde::{Deserialize, Serialize};

use crate::limits;

/// Which events an endpoint wants: names as the audit log has them (`deployment.activate`), fronts of names
/// (`deployment.*`), or all (`*`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Events(Vec<String>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongEvents {
    #[error("name 1 to {most} events, or \"*\" for all", most = limits::WEBHOOK_EVENTS)]
    Count,
    #[error(
        "{0:?} is no event: a name such as \"deployment.activate\", a front such as \"deployment.*\", or \"*\""
    )]
    Name(String),
}

impl Events {
    /// # Errors
    /// See [`WrongEvents`].
    pub fn new(names: Vec<String>) -> Result<Self, WrongEvents> {
        if !(1..=limits::WEBHOOK_EVENTS).contains(&names.len()) {
            return Err(WrongEvents::Count);
        }
        match names.iter().find(|name| !is_pattern(name)) {
            Some(wrong) => Err(WrongEvents::Name(wrong.chars().take(100).collect())),
            None => Ok(Self(names)),
        }
    }

    pub fn all() -> Self {
        Self(vec!["*".to_owned()])
    }

    pub fn names(&self) -> &[String] {
        &self.0
    }

    pub fn want(&self, event: &str) -> bool {
        self.0.iter().any(|name| match name.strip_suffix('*') {
            Some(front) => event.starts_with(front),
            None => event == name,
        })
    }
}

fn is_pattern(name: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let plain = match name.strip_suffix('*') {
        Some("") => return true,
        Some(front) => match front.strip_suffix('.') {
            Some(front) => front,
            None => return false,
        },
        None => name,
    };
    plain.len() <= limits::SHORT_TEXT_BYTES && plain.split('.').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(names: &[&str]) -> Result<Events, WrongEvents> {
        Events::new(names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn names_fronts_and_all() {
        let check = |names: &[&str], event: &str, wanted: bool| {
            assert_eq!(events(names).expect("names").want(event), wanted, "{names:?} {event}");
        };
        check(&["*"], "deployment.activate", true);
        check(&["deployment.*"], "deployment.activate", true);
        check(&["deployment.*"], "deployments", false);
        check(&["deployment.activate"], "deployment.activate", true);
        check(&["deployment.activate"], "deployment.activated", false);
        check(&["key.create", "prompt.*"], "prompt.create", true);
        check(&["key.create", "prompt.*"], "key.revoke", false);
        assert!(Events::all().want("anything"));
    }

    #[test]
    fn what_is_no_event() {
        for name in
            ["", "**", "deployment*", "*.activate", "Deployment.activate", "a..b", ".", "a.", "a b", "ä"]
        {
            assert_eq!(events(&[name]), Err(WrongEvents::Name(name.to_owned())));
        }
        assert_eq!(events(&[]), Err(WrongEvents::Count));
        assert_eq!(events(&vec!["a"; limits::WEBHOOK_EVENTS + 1]), Err(WrongEvents::Count));
    }
}
