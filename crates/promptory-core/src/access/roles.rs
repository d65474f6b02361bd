//! What people are in a project: a set of roles, each a name for some scopes.

use std::fmt;

use super::Scopes;

/// The roles of one person in one project. The order of [`ROLES`] is the order of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub struct Roles(u8);

const LOOK: Scopes = Scopes::READ.with(Scopes::RENDER);

const ROLES: [(&str, u8, Scopes); 5] = [
    ("viewer", 1, LOOK),
    ("editor", 1 << 1, LOOK.with(Scopes::WRITE).with(Scopes::RECORD)),
    ("approver", 1 << 2, LOOK.with(Scopes::APPROVE)),
    ("operator", 1 << 3, LOOK.with(Scopes::DEPLOY)),
    ("admin", 1 << 4, Scopes::ADMIN),
];

impl Roles {
    pub const NONE: Self = Self(0);
    pub const ADMIN: Self = Self(1 << 4);

    /// # Errors
    /// The word is no role; the message lists those that are.
    pub fn parse_one(word: &str) -> Result<Self, String> {
        ROLES.iter().find(|(name, ..)| *name == word).map(|(_, bit, _)| Self(*bit)).ok_or_else(|| {
            let known: Vec<&str> = ROLES.iter().map(|(name, ..)| *name).collect();
            format!("{word:?} is no role; use some of {}.", known.join(", "))
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

    /// Whether any of these roles is held.
    pub const fn any_of(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether all of these roles are held.
    pub const fn has_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub const fn is_admin(self) -> bool {
        self.0 & Self::ADMIN.0 != 0
    }

    /// What a person with these roles may do.
    pub fn scopes(self) -> Scopes {
        let held = ROLES.iter().filter(|(_, bit, _)| self.0 & bit != 0);
        held.fold(Scopes::NONE, |scopes, (.., more)| scopes.with(*more))
    }

    pub fn words(self) -> impl Iterator<Item = &'static str> {
        ROLES.into_iter().filter(move |(_, bit, _)| self.0 & bit != 0).map(|(name, ..)| name)
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_set_of_roles_may_do() {
        for (roles, scopes) in [
            ("", ""),
            ("viewer", "read render"),
            ("editor", "read render write record"),
            ("approver", "read render approve"),
            ("operator", "read render deploy"),
            ("admin", "admin"),
            ("viewer editor", "read render write record"),
            ("editor operator", "read render write deploy record"),
            ("editor approver operator", "read render write deploy approve record"),
            ("viewer admin", "read render admin"),
            ("emperor", ""),
        ] {
            assert_eq!(Roles::from_stored(roles).scopes().to_string(), scopes, "{roles:?}");
        }
    }

    #[test]
    fn roles_are_read_as_written() {
        let roles = Roles::from_stored("operator viewer viewer");
        assert_eq!(roles.to_string(), "viewer operator");
        assert_eq!(Roles::from_stored(&roles.to_string()), roles);
        assert!(Roles::parse_one("root").is_err_and(|why| why.contains("approver, operator, admin")));
        assert!(!roles.is_admin() && roles.with(Roles::ADMIN).is_admin());
        assert!(Roles::NONE.is_empty() && !roles.is_empty());
        assert!(roles.any_of(Roles::from_stored("viewer admin")) && !roles.any_of(Roles::ADMIN));
        assert!(
            roles.has_all(Roles::from_stored("viewer")) && !roles.has_all(Roles::from_stored("viewer admin"))
        );
    }
}
