//! The status of a version, a pure function of what happened to it.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    Draft,
    Testing,
    Production,
    Deprecated,
    Archived,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Testing => "testing",
            Self::Production => "production",
            Self::Deprecated => "deprecated",
            Self::Archived => "archived",
        }
    }
}

/// What happened to a version so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusFacts {
    pub archived: bool,
    /// Live in the environment that is flagged production.
    pub live_in_production: bool,
    /// Was live there at any time.
    pub was_in_production: bool,
    pub marked_deprecated: bool,
    /// Live, rolling out, in an experiment or under approval in any environment.
    pub live_somewhere: bool,
}

pub fn status(facts: &StatusFacts) -> Status {
    if facts.archived {
        Status::Archived
    } else if facts.live_in_production {
        Status::Production
    } else if facts.was_in_production || facts.marked_deprecated {
        Status::Deprecated
    } else if facts.live_somewhere {
        Status::Testing
    } else {
        Status::Draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_fact_that_holds_decides() {
        // archived, live in production, was in production, marked, live somewhere
        let cases = [
            ([0, 0, 0, 0, 0], "draft"),
            ([0, 0, 0, 0, 1], "testing"),
            ([0, 0, 0, 1, 0], "deprecated"),
            ([0, 0, 1, 0, 1], "deprecated"),
            ([0, 1, 1, 1, 1], "production"),
            ([1, 1, 1, 1, 1], "archived"),
            ([1, 0, 0, 0, 0], "archived"),
        ];
        for (bits, expected) in cases {
            let [archived, live_in_production, was_in_production, marked_deprecated, live_somewhere] =
                bits.map(|b| b == 1);
            let facts = StatusFacts {
                archived,
                live_in_production,
                was_in_production,
                marked_deprecated,
                live_somewhere,
            };
            assert_eq!(status(&facts).as_str(), expected, "{facts:?}");
        }
    }
}
