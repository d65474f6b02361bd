//! Conversations: what an earlier answer gave is kept while it may be served. Nothing is stored; the answer's own token
//! says what it was.

use promptory_core::resolve::Pin;

use super::Ctx;
use crate::serving::{Ask, Asker, Reason, Snapshot, is_range, may_keep};

/// What a request hands back of an earlier answer.
pub(super) enum Conversation {
    /// It begins with this answer.
    New,
    Pinned(Pin),
    /// The pin is of something else, or too old.
    Dropped(Dropped),
}

/// Why a pin does not decide.
#[derive(Clone, Copy)]
pub(super) enum Dropped {
    Invalid,
    OtherPrompt,
    OtherEnvironment,
    OtherKey,
    Expired,
    Withdrawn,
    NotInRange,
    VersionNamed,
}

impl Dropped {
    /// In the words of the API.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::OtherPrompt => "other_prompt",
            Self::OtherEnvironment => "other_environment",
            Self::OtherKey => "other_key",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::NotInRange => "not_in_range",
            Self::VersionNamed => "version_named",
        }
    }

    /// For people.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Invalid => "The pin is no `resolution` of this server.",
            Self::OtherPrompt => "The pin is of another prompt.",
            Self::OtherEnvironment => "The pin is of another environment.",
            Self::OtherKey => "The pin was given for another key.",
            Self::Expired => "The conversation rested for longer than the environment's `pin_idle_s`.",
            Self::Withdrawn => {
                "What the conversation had was taken back or archived, or was live too long ago to be kept."
            }
            Self::NotInRange => "What the conversation had does not lie in the range.",
            Self::VersionNamed => "The request names a version, which comes before the pin.",
        }
    }
}

impl Conversation {
    pub(super) fn of(ctx: &Ctx, snapshot: &Snapshot, ask: &Ask<'_>, pin: Option<&str>) -> Self {
        let Some(token) = pin else { return Self::New };
        let Some(read) = ctx.app.tokens.read(token) else { return Self::Dropped(Dropped::Invalid) };
        let idle = snapshot.environment(ask.environment).map_or(0, |environment| environment.pin_idle);
        // Negative where another server's clock is ahead of this one's.
        let age = ctx.now.micros().saturating_sub(read.at.micros());
        let key = match ask.asker {
            Asker::Unit { key, .. } => key,
            Asker::Anyone => None,
        };
        Self::Dropped(match read.pin() {
            _ if ask.version.is_some_and(|version| !is_range(version)) => Dropped::VersionNamed,
            _ if snapshot.prompt(ask.prompt).is_none_or(|entry| !read.is_of_prompt(&entry.id)) => {
                Dropped::OtherPrompt
            }
            _ if !read.is_of_environment(ask.environment) => Dropped::OtherEnvironment,
            _ if !read.is_of_unit(key) => Dropped::OtherKey,
            _ if age > idle => Dropped::Expired,
            // A server of the release before gave it, and did not say which build.
            None => Dropped::Withdrawn,
            Some(pin) => return Self::Pinned(pin),
        })
    }

    pub(super) fn pin(&self) -> Option<Pin> {
        match self {
            Self::Pinned(pin) => Some(*pin),
            _ => None,
        }
    }

    /// Why the answer is not what the conversation had. None: it is, or it had nothing.
    pub(super) fn dropped(&self, snapshot: &Snapshot, ask: &Ask<'_>, reason: Reason) -> Option<Dropped> {
        match self {
            Self::New => None,
            Self::Dropped(why) => Some(*why),
            Self::Pinned(_) if reason == Reason::Session => None,
            Self::Pinned(pin) => {
                let entry = snapshot.prompt(ask.prompt);
                let kept = entry.is_some_and(|entry| may_keep(entry, ask.environment, pin));
                Some(if kept { Dropped::NotInRange } else { Dropped::Withdrawn })
            }
        }
    }
}
