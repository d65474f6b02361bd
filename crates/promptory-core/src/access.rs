//! Who may do what: scopes of keys, roles of people, and the permissions that routes demand.

mod roles;

use std::fmt;

pub use roles::Roles;

/// What a key was given. A small set of bits; the order of [`SCOPES`] is the order of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub struct Scopes(u16);

const SCOPES: [(&str, u16); 8] = [
    ("read", 1),
    ("render", 1 << 1),
    ("write", 1 << 2),
    ("deploy", 1 << 3),
    ("approve", 1 << 4),
    ("record", 1 << 5),
    ("test", 1 << 6),
    ("admin", 1 << 7),
];

impl Scopes {
    pub const NONE: Self = Self(0);
    pub const READ: Self = Self(1);
    pub const RENDER: Self = Self(1 << 1);
    pub const WRITE: Self = Self(1 << 2);
    pub const DEPLOY: Self = Self(1 << 3);
    pub const APPROVE: Self = Self(1 << 4);
    pub const RECORD: Self = Self(1 << 5);
    pub const ADMIN: Self = Self(1 << 7);

    /// # Errors
    /// The word is no scope; the message lists those that are.
    pub fn parse_one(word: &str) -> Result<Self, String> {
        SCOPES.iter().find(|(name, _)| *name == word).map(|(_, bit)| Self(*bit)).ok_or_else(|| {
            let known: Vec<&str> = SCOPES.iter().map(|(name, _)| *name).collect();
            format!("{word:?} is no scope; use some of {}.", known.join(", "))
        })
    }

    /// Reads what [`fmt::Display`] wrote; unknown words (of a newer server) grant nothing.
    pub fn from_stored(text: &str) -> Self {
        text.split_whitespace().filter_map(|word| Self::parse_one(word).ok()).fold(Self::NONE, Self::with)
    }

    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of these scopes is held.
    pub const fn any_of(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What of these scopes is left to somebody who may do no more than `limit`. `admin` includes the others, so it
    /// limits nothing, and is itself cut down to the limit.
    #[must_use]
    pub const fn within(self, limit: Self) -> Self {
        if limit.any_of(Self::ADMIN) {
            self
        } else if self.any_of(Self::ADMIN) {
            limit
        } else {
            Self(self.0 & limit.0)
        }
    }

    pub fn words(self) -> impl Iterator<Item = &'static str> {
        SCOPES.into_iter().filter(move |(_, bit)| self.0 & bit != 0).map(|(name, _)| name)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().collect::<Vec<_>>().join(" "))
    }
}

/// What a route demands. `admin` holds every permission of its project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Any valid key, anybody who has signed in.
    Any,
    /// Look at prompts, versions, deployments, environments.
    Read,
    /// Get what is live, resolve and render: what a running application does.
    Serve,
    /// Send executions and scores.
    Record,
    /// Create and change prompts and versions.
    Write,
    /// Change what an environment serves.
    Deploy,
    /// Decide what others ask for; only persons do.
    Approve,
    /// Ask for approval, and say something about what is asked for.
    Propose,
    /// Keys, people, environments, the audit log.
    Admin,
    /// Projects: only administrators of the instance.
    Instance,
}

impl Permission {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Read => "read",
            Self::Serve => "render",
            Self::Record => "record",
            Self::Write => "write",
            Self::Deploy => "deploy",
            Self::Approve => "approve",
            Self::Propose => "propose",
            Self::Admin => "admin",
            Self::Instance => "instance",
        }
    }

    /// For messages: what a caller would need.
    pub const fn needs(self) -> &'static str {
        match self {
            Self::Any => "a valid key",
            Self::Read => "the scope read",
            Self::Serve => "the scope render or read",
            Self::Record => "the scope record",
            Self::Write => "the scope write",
            Self::Deploy => "the scope deploy",
            Self::Approve => "the scope approve",
            Self::Propose => "the scope write, deploy or approve",
            Self::Admin => "the scope admin",
            Self::Instance => "the administrator's key of the instance",
        }
    }

    pub const fn allows(self, scopes: Scopes, instance_admin: bool) -> bool {
        let wanted = match self {
            Self::Any => return true,
            Self::Instance => return instance_admin,
            Self::Read => Scopes::READ,
            Self::Serve => Scopes::READ.with(Scopes::RENDER),
            Self::Record => Scopes::RECORD,
            Self::Write => Scopes::WRITE,
            Self::Deploy => Scopes::DEPLOY,
            Self::Approve => Scopes::APPROVE,
            Self::Propose => Scopes::WRITE.with(Scopes::DEPLOY).with(Scopes::APPROVE),
            Self::Admin => Scopes::NONE,
        };
        scopes.any_of(wanted.with(Scopes::ADMIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_written_and_unknown_words_grant_nothing() {
        let scopes = Scopes::READ.with(Scopes::DEPLOY);
        assert_eq!(scopes.to_string(), "read deploy");
        assert_eq!(Scopes::from_stored("read deploy"), scopes);
        assert_eq!(Scopes::from_stored("reed future"), Scopes::NONE);
        assert!(Scopes::parse_one("root").is_err_and(|why| why.contains("admin")));
    }

    #[test]
    fn nobody_gets_more_than_the_limit() {
        for (scopes, limit, left) in [
            ("read write", "read render", "read"),
            ("read write", "admin", "read write"),
            ("admin", "read render", "read render"),
            ("admin", "admin", "admin"),
            ("read admin", "read", "read"),
            ("deploy", "read render", ""),
            ("record test", "read render write deploy approve", ""),
            ("read", "", ""),
            ("", "admin", ""),
        ] {
            let held = Scopes::from_stored(scopes).within(Scopes::from_stored(limit));
            assert_eq!(held.to_string(), left, "{scopes:?} within {limit:?}");
        }
    }

    #[test]
    fn who_holds_which_permission() {
        use Permission::*;
        for (scopes, allowed) in [
            ("", vec![Any]),
            ("read", vec![Any, Read, Serve]),
            ("render", vec![Any, Serve]),
            ("write", vec![Any, Write, Propose]),
            ("deploy", vec![Any, Deploy, Propose]),
            ("approve", vec![Any, Approve, Propose]),
            ("record test", vec![Any, Record]),
            ("admin", vec![Any, Read, Serve, Record, Write, Deploy, Approve, Propose, Admin]),
        ] {
            for permission in [Any, Read, Serve, Record, Write, Deploy, Approve, Propose, Admin, Instance] {
                let expected = allowed.contains(&permission);
                let scopes = Scopes::from_stored(scopes);
                assert_eq!(permission.allows(scopes, false), expected, "{scopes} {permission:?}");
            }
        }
        assert!(Instance.allows(Scopes::ADMIN, true));
    }
}
