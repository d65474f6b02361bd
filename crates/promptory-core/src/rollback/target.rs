use crate::{
    approval::{Policy, Rollback},
    id::VersionId,
    time::Timestamp,
};

/// Executions that show a build to work.
pub const EVIDENCE_EXECUTIONS: u64 = 100;
/// Over so many seconds of being live.
pub const EVIDENCE_SECONDS: i64 = 3600;

/// A build that is or was live in an environment, at its last time there, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occupant {
    pub version: VersionId,
    pub build_hash: String,
    /// When it became live. `None`: it never was, and somebody names it all the same.
    pub since: Option<Timestamp>,
    /// Its deployment came to its end.
    pub completed: bool,
    pub executions: u64,
    pub seconds_live: i64,
    /// Somebody, or a condition, went back from it.
    pub taken_back: bool,
    pub failed_gate: bool,
    pub critical_alert: bool,
    /// See [`super::in_quarantine`]: also what was taken back before it was live again.
    pub quarantined: bool,
    pub archived: bool,
    /// See [`crate::approval::Served::counts_as_approved`].
    pub approved: bool,
}

impl Occupant {
    fn is_out(&self) -> bool {
        self.taken_back || self.quarantined || self.archived
    }

    fn is_proven(&self) -> bool {
        let seen = self.executions >= EVIDENCE_EXECUTIONS && self.seconds_live >= EVIDENCE_SECONDS;
        seen && !self.failed_gate && !self.critical_alert
    }
}

/// Where a prompt stands in an environment.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The build to get away from: the candidate while a rollout runs or bakes, else what is live.
    pub present: &'a str,
    /// The build beside it, while a rollout runs or bakes: going there ends the rollout.
    pub stable: Option<&'a str>,
    /// Every build that was or is live, each once, in any order.
    pub past: &'a [Occupant],
}

impl<'a> Situation<'a> {
    /// Others than the present one, the most recent first.
    fn others(&self) -> Vec<&'a Occupant> {
        let mut others: Vec<&Occupant> =
            self.past.iter().filter(|one| one.build_hash != self.present && one.since.is_some()).collect();
        others.sort_by(|one, other| (other.since, &other.build_hash).cmp(&(one.since, &one.build_hash)));
        others
    }

    /// It is beside the candidate and served all the time: the end of a rollout only gives it back its share.
    fn ends_at(&self, target: &Occupant) -> bool {
        self.stable == Some(&*target.build_hash)
    }
}

/// Where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    Previous,
    LastKnownGood,
    /// A build that somebody names.
    Exact(&'a Occupant),
}

/// How much is known of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It answered enough calls for long enough, and nothing spoke against it.
    Executions,
    /// `evidence: "none"`: it is only the most recent that nobody took back.
    None,
}

impl Proof {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Executions => "executions",
            Self::None => "none",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    pub target: &'a Occupant,
    pub proof: Proof,
    /// A rollout ends by it, as rolled back.
    pub ends_rollout: bool,
    /// It waits for approval, unless it is an emergency.
    pub needs_approval: bool,
}

/// Why there is no way back, or not to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refused {
    #[error("there is no earlier build to go back to; activate a version instead")]
    NothingBefore,
    #[error("this build is what is served; choose another")]
    Present,
    #[error("its version is archived; restore it first")]
    Archived,
    #[error(
        "this build was taken back itself; choose another, or say that you know with acknowledge_rollback"
    )]
    Quarantined,
    #[error("this environment only goes forward; revert makes a new version of the old content")]
    FixForward,
}

/// The stable build while a rollout runs or bakes, else the one that was live just before and is neither archived nor
/// taken back: going back twice goes further back.
pub fn previous<'a>(situation: &Situation<'a>) -> Option<&'a Occupant> {
    if let Some(stable) = situation.stable {
        return situation.past.iter().find(|one| one.build_hash == stable);
    }
    situation.others().into_iter().find(|one| !one.is_out())
}

/// The most recent other build that is known to work; where none is, the most recent one that was completed.
pub fn last_known_good<'a>(situation: &Situation<'a>) -> Option<(&'a Occupant, Proof)> {
    let others: Vec<&Occupant> = situation.others().into_iter().filter(|one| !one.is_out()).collect();
    let proven = others.iter().find(|one| one.is_proven()).map(|one| (*one, Proof::Executions));
    proven.or_else(|| others.iter().find(|one| one.completed).map(|one| (*one, Proof::None)))
}

/// Everything that speaks against a target, the hardest first.
pub fn problems(
    situation: &Situation<'_>,
    policy: &Policy,
    target: &Occupant,
    acknowledged: bool,
) -> Vec<Refused> {
    let ends_only = situation.ends_at(target);
    [
        (target.build_hash == situation.present, Refused::Present),
        (target.archived, Refused::Archived),
        (!ends_only && !acknowledged && (target.taken_back || target.quarantined), Refused::Quarantined),
        (!ends_only && policy.rollback == Rollback::FixForward, Refused::FixForward),
    ]
    .into_iter()
    .filter_map(|(holds, why)| holds.then_some(why))
    .collect()
}

/// Whether people are asked before it is served.
pub fn needs_approval(situation: &Situation<'_>, policy: &Policy, target: &Occupant) -> bool {
    let asks = !target.approved || policy.rollback_needs_approval;
    !situation.ends_at(target) && !policy.stages.is_empty() && asks
}

/// The target of a way back, if there is one and nothing speaks against it.
///
/// # Errors
/// The first of [`problems`], or that there is nothing to go back to.
pub fn choose<'a>(
    situation: &Situation<'a>,
    policy: &Policy,
    wanted: Wanted<'a>,
    acknowledged: bool,
) -> Result<Choice<'a>, Refused> {
    let proof =
        |one: &Occupant| if one.is_proven() && !one.is_out() { Proof::Executions } else { Proof::None };
    let (target, proof) = match wanted {
        Wanted::Previous => previous(situation).map(|one| (one, proof(one))),
        Wanted::LastKnownGood => last_known_good(situation),
        Wanted::Exact(one) => Some((one, proof(one))),
    }
    .ok_or(Refused::NothingBefore)?;
    match problems(situation, policy, target, acknowledged).first() {
        Some(refused) => Err(*refused),
        None => {
            let needs_approval = needs_approval(situation, policy, target);
            Ok(Choice { target, proof, ends_rollout: situation.stable.is_some(), needs_approval })
        }
    }
}
