//! Which version of a prompt answers a request: pure, from what is in memory. The server asks it of its snapshot and
//! clients ask it of theirs, so that both give the same answer. Nothing is allocated unless a range is asked for.

use std::sync::Arc;

use crate::{
    bucketing::{Bucket, Key, Share},
    numbering::Number,
    range::Range,
    rollout::Unit,
};

/// Past builds of one environment that are kept in memory; older ones are in the database.
pub const PAST_BUILDS: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Live,
    /// A rollout runs: what this unit gets while it does, be it the new build or the one that is live.
    Rollout,
    /// What the conversation got before.
    Session,
    Pinned,
}

impl Reason {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Rollout => "rollout",
            Self::Session => "session",
            Self::Pinned => "pinned",
        }
    }
}

/// Why there is no answer in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    NoEnvironment,
    NoPrompt,
    Archived,
    NothingLive,
    /// Nothing that this environment serves or served lies in the range.
    NotInRange,
    /// The version is not one of those in memory: ask who has them all.
    NotInMemory,
}

/// A version that may be the answer.
pub trait Candidate {
    /// `1.2.0`
    fn number(&self) -> &str;
    fn sequence(&self) -> i64;
    /// Archived versions are never the answer.
    fn archived(&self) -> bool;

    /// Whether it is the build that a conversation keeps. Never, for who gives out no pins.
    fn is_kept_by(&self, _pin: &Pin) -> bool {
        false
    }

    fn parsed_number(&self) -> Option<Number> {
        Number::parse(self.number()).ok()
    }
}

impl<C: Candidate> Candidate for Arc<C> {
    fn number(&self) -> &str {
        (**self).number()
    }

    fn sequence(&self) -> i64 {
        (**self).sequence()
    }

    fn archived(&self) -> bool {
        (**self).archived()
    }

    fn is_kept_by(&self, pin: &Pin) -> bool {
        (**self).is_kept_by(pin)
    }
}

/// The build that an earlier answer gave to the same conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The id of the version.
    pub version: [u8; 16],
    /// The front of the build's hash: the same version may include something else by now.
    pub build: [u8; 8],
}

/// Who asks.
#[derive(Clone, Copy)]
pub enum Asker<'a> {
    /// Nobody in particular: gets what is live, whatever is rolled out beside it.
    Anyone,
    /// The user or session that the prompt is for, where one is named; and a number drawn for one that is not.
    /// A conversation keeps what it got while its pin holds.
    Unit { key: Option<&'a str>, pin: Option<Pin>, random: &'a (dyn Fn() -> u32 + Sync) },
}

/// What a share of units gets in place of what is live.
#[derive(Clone, Copy, Debug)]
pub struct Rollout<'s, B> {
    pub build: &'s B,
    pub seed: &'s str,
    pub unit: Unit,
    pub share: Share,
}

impl<B> Rollout<'_, B> {
    /// Where a unit falls: by its key, unless each request is a unit by itself or none is named.
    pub fn bucket(&self, key: Option<&str>, random: impl FnOnce() -> u32) -> Bucket {
        let key = key.filter(|_| self.unit != Unit::Request).and_then(|key| Key::new(key).ok());
        match key {
            Some(key) => Bucket::of(self.seed, &key),
            None => Bucket::drawn(random()),
        }
    }
}

/// One prompt as one environment serves it.
pub trait Served<'s>: Copy {
    type Build: Candidate + 's;

    fn environment(&self) -> &str;
    fn live(&self) -> Option<&'s Self::Build>;
    /// What is being rolled out beside it.
    fn rollout(&self) -> Option<Rollout<'s, Self::Build>>;
    /// What was live and was not taken back, each with whether its version is archived; the most recent first.
    fn past(&self) -> impl Iterator<Item = (&'s Self::Build, bool)>;
    /// Whether `past` holds everything that was live.
    fn past_is_whole(&self) -> bool;
    /// What a label points to, where that is in memory.
    fn labelled(&self, label: &str) -> Option<&'s Self::Build>;
}

/// What the environment serves this asker, or what the reference names; see also [`is_range`].
///
/// # Errors
/// See [`Miss`]. Whether there is such a prompt and environment is for the caller to find out.
pub fn choose<'s, S: Served<'s>>(
    served: S,
    reference: Option<&str>,
    asker: Asker<'_>,
) -> Result<(&'s S::Build, Reason), Miss> {
    let Some(reference) = reference else {
        return match arm(served, asker) {
            Some((build, reason)) if !build.archived() => Ok((build, reason)),
            _ => Err(Miss::NothingLive),
        };
    };
    if is_range(reference) {
        return in_range(served, reference, asker);
    }
    match pinned(served, reference) {
        Some(build) if !build.archived() => Ok((build, Reason::Pinned)),
        _ => Err(Miss::NotInMemory),
    }
}

/// What this asker gets where no version is named.
fn arm<'s, S: Served<'s>>(served: S, asker: Asker<'_>) -> Option<(&'s S::Build, Reason)> {
    let live = served.live()?;
    let Asker::Unit { key, pin, random } = asker else { return Some((live, Reason::Live)) };
    if let Some(build) = pin.and_then(|pin| kept(served, &pin)) {
        return Some((build, Reason::Session));
    }
    match served.rollout().filter(|rollout| !rollout.build.archived()) {
        Some(rollout) if rollout.bucket(key, random).is_within(rollout.share) => {
            Some((rollout.build, Reason::Rollout))
        }
        Some(_) => Some((live, Reason::Rollout)),
        None => Some((live, Reason::Live)),
    }
}

/// What a pin names, where it is served still or was and was not taken back or archived.
pub fn kept<'s, S: Served<'s>>(served: S, pin: &Pin) -> Option<&'s S::Build> {
    let rollout = served.rollout().map(|rollout| rollout.build);
    let past = served.past().filter(|(_, archived)| !archived).map(|(build, _)| build);
    let mut all = served.live().into_iter().chain(rollout).chain(past);
    all.find(|build| !build.archived() && build.is_kept_by(pin))
}

/// Ranges begin as no other reference does, or hold a wildcard behind a dot (`1.x`) where a number would stand.
pub fn is_range(reference: &str) -> bool {
    reference.starts_with(['^', '~', '=', '<', '>', '*'])
        || (reference.starts_with(|c: char| c.is_ascii_digit())
            && (reference.contains(',') || reference.ends_with(".x") || reference.ends_with(".*")))
}

/// For people: what [`Miss::NotInRange`] means.
pub fn not_in_range(prompt: &str, environment: &str, range: &str, live: Option<&str>) -> String {
    let live = match live {
        Some(number) => format!("live is {number}"),
        None => "nothing is live".to_owned(),
    };
    format!("Nothing of {prompt:?} that {environment:?} serves or served is in {range:?}; {live}.")
}

/// What this asker gets if it lies in the range, else what is live if it does, else the most recent one that does and was
/// not taken back or archived.
fn in_range<'s, S: Served<'s>>(
    served: S,
    text: &str,
    asker: Asker<'_>,
) -> Result<(&'s S::Build, Reason), Miss> {
    // What is wrong with it is said by who has all versions.
    let Ok(range) = Range::parse(text) else { return Err(Miss::NotInMemory) };
    let fits = |build: &S::Build| build.parsed_number().is_some_and(|number| range.matches(&number));
    if let Some((build, reason)) = arm(served, asker).filter(|(build, _)| !build.archived() && fits(build)) {
        return Ok((build, reason));
    }
    if let Some(build) = served.live().filter(|build| !build.archived() && fits(build)) {
        return Ok((build, Reason::Live));
    }
    if let Some((build, _)) = served.past().find(|(build, archived)| !archived && fits(build)) {
        return Ok((build, Reason::Pinned));
    }
    if served.past_is_whole() { Err(Miss::NotInRange) } else { Err(Miss::NotInMemory) }
}

/// Only builds of the asked environment: an answer carries the environment that it was asked for.
fn pinned<'s, S: Served<'s>>(served: S, reference: &str) -> Option<&'s S::Build> {
    let live = served.live();
    if served.environment() == reference {
        return live;
    }
    if let Some(build) = served.labelled(reference) {
        return Some(build);
    }
    let digits = reference.bytes().all(|byte| byte.is_ascii_digit());
    let sequence = if digits { reference.parse::<i64>().ok() } else { None };
    let is_it = |build: &S::Build| build.number() == reference || sequence == Some(build.sequence());
    let past = || served.past().find(|(build, archived)| !archived && is_it(build)).map(|(build, _)| build);
    let rollout = || served.rollout().map(|rollout| rollout.build).filter(|build| is_it(build));
    live.filter(|build| is_it(build)).or_else(rollout).or_else(past)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Version(&'static str, i64);

    impl Candidate for Version {
        fn number(&self) -> &str {
            self.0
        }

        fn sequence(&self) -> i64 {
            self.1
        }

        fn archived(&self) -> bool {
            false
        }

        fn is_kept_by(&self, pin: &Pin) -> bool {
            i64::from(pin.version[0]) == self.1
        }
    }

    struct Prompt {
        live: Option<Version>,
        past: Vec<(Version, bool)>,
        whole: bool,
        rollout: Option<(Version, u8, Unit)>,
    }

    impl<'s> Served<'s> for &'s Prompt {
        type Build = Version;

        fn environment(&self) -> &str {
            "production"
        }

        fn live(&self) -> Option<&'s Version> {
            self.live.as_ref()
        }

        fn rollout(&self) -> Option<Rollout<'s, Version>> {
            let (build, percent, unit) = self.rollout.as_ref()?;
            Some(Rollout { build, seed: "0123456789abcdef", unit: *unit, share: Share::percent(*percent) })
        }

        fn past(&self) -> impl Iterator<Item = (&'s Version, bool)> {
            self.past.iter().map(|(version, archived)| (version, *archived))
        }

        fn past_is_whole(&self) -> bool {
            self.whole
        }

        fn labelled(&self, label: &str) -> Option<&'s Version> {
            (label == "stable").then(|| &self.past[0].0)
        }
    }

    fn prompt(whole: bool) -> Prompt {
        let past =
            vec![(Version("1.2.0", 4), false), (Version("1.1.0", 3), true), (Version("1.0.0", 1), false)];
        Prompt { live: Some(Version("2.0.0", 5)), past, whole, rollout: None }
    }

    #[test]
    fn references_and_ranges() {
        let check = |reference: Option<&str>, expected: Result<(&str, Reason), Miss>| {
            let prompt = prompt(true);
            let chosen =
                choose(&prompt, reference, Asker::Anyone).map(|(version, reason)| (version.0, reason));
            assert_eq!(chosen, expected, "{reference:?}");
        };
        let pinned = |number| Ok((number, Reason::Pinned));
        check(None, Ok(("2.0.0", Reason::Live)));
        check(Some("production"), pinned("2.0.0"));
        check(Some("2.0.0"), pinned("2.0.0"));
        check(Some("5"), pinned("2.0.0"));
        check(Some("1"), pinned("1.0.0"));
        check(Some("stable"), pinned("1.2.0"));
        check(Some("^2"), Ok(("2.0.0", Reason::Live)));
        check(Some("^1"), pinned("1.2.0"));
        check(Some("~1.0"), pinned("1.0.0"));
        // Archived.
        check(Some("~1.1"), Err(Miss::NotInRange));
        check(Some("1.1.0"), Err(Miss::NotInMemory));
        check(Some("latest"), Err(Miss::NotInMemory));
        check(Some("99999999999999999999"), Err(Miss::NotInMemory));
        check(Some("^3"), Err(Miss::NotInRange));
        check(Some(">=3 <4"), Err(Miss::NotInMemory));
    }

    #[test]
    fn what_was_live_long_ago_is_for_others_to_say() {
        let anyone = Asker::Anyone;
        assert_eq!(choose(&prompt(false), Some("^3"), anyone).err(), Some(Miss::NotInMemory));
        let nothing = Prompt { live: None, past: Vec::new(), whole: true, rollout: None };
        assert_eq!(choose(&nothing, None, anyone).err(), Some(Miss::NothingLive));
    }

    #[test]
    fn a_conversation_keeps_what_it_had_while_it_may_be_served() {
        let never = || panic!("nothing is drawn");
        let check = |had: u8, reference, expected: (&str, Reason)| {
            let prompt = Prompt { rollout: Some((Version("2.1.0", 6), 100, Unit::User)), ..prompt(true) };
            let pin = Some(Pin { version: [had; 16], build: [0; 8] });
            let chosen = choose(&prompt, reference, Asker::Unit { key: Some("a"), pin, random: &never });
            assert_eq!(
                chosen.map(|(version, reason)| (version.0, reason)),
                Ok(expected),
                "{had} {reference:?}"
            );
        };
        for (had, number) in [(5, "2.0.0"), (6, "2.1.0"), (4, "1.2.0")] {
            check(had, None, (number, Reason::Session));
        }
        check(1, Some("^1"), ("1.0.0", Reason::Session));
        // Archived, and unknown here: as if it had had nothing.
        check(3, None, ("2.1.0", Reason::Rollout));
        check(9, None, ("2.1.0", Reason::Rollout));
        check(1, Some("2.0.0"), ("2.0.0", Reason::Pinned));
        check(1, Some("^2"), ("2.0.0", Reason::Live));
    }

    #[test]
    fn a_rollout_chooses_by_key_and_else_by_chance() {
        let never = || panic!("nothing is drawn for somebody who is named");
        let (low, high) = (|| 0, || u32::MAX);
        let named = |key| Asker::Unit { key: Some(key), pin: None, random: &never };
        let check = |unit, percent, reference, asker, expected: (&str, Reason)| {
            let prompt = Prompt { rollout: Some((Version("2.1.0", 6), percent, unit)), ..prompt(true) };
            let chosen = choose(&prompt, reference, asker).map(|(version, reason)| (version.0, reason));
            assert_eq!(chosen, Ok(expected), "{unit:?} {percent} {reference:?}");
        };
        let (old, new) = (("2.0.0", Reason::Rollout), ("2.1.0", Reason::Rollout));
        let bucket = Bucket::of("0123456789abcdef", &Key::new("a").expect("a key")).number();
        let (below, above) =
            (u8::try_from(bucket / 100).expect("small"), u8::try_from(bucket / 100 + 1).expect("small"));
        check(Unit::User, below, None, named("a"), old);
        check(Unit::User, above, None, named("a"), new);
        check(Unit::Session, above, None, named("a"), new);
        check(Unit::User, 1, None, Asker::Unit { key: None, pin: None, random: &low }, new);
        check(Unit::User, 99, None, Asker::Unit { key: None, pin: None, random: &high }, old);
        check(Unit::Request, 1, None, Asker::Unit { key: Some("a"), pin: None, random: &low }, new);
        check(Unit::Request, 99, None, Asker::Unit { key: Some("a"), pin: None, random: &high }, old);
        check(Unit::User, 99, None, Asker::Anyone, ("2.0.0", Reason::Live));
        // A range filters what this unit gets.
        check(Unit::User, above, Some("^2"), named("a"), new);
        check(Unit::User, above, Some("~2.0"), named("a"), ("2.0.0", Reason::Live));
        check(Unit::User, below, Some("^2"), named("a"), old);
        check(Unit::User, above, Some("^1"), named("a"), ("1.2.0", Reason::Pinned));
        // Who names it gets it, also before everybody does.
        check(Unit::User, below, Some("2.1.0"), named("a"), ("2.1.0", Reason::Pinned));
        check(Unit::User, above, Some("production"), named("a"), ("2.0.0", Reason::Pinned));
    }
}
