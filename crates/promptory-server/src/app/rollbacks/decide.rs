//! Which build it goes back to, and what speaks against it: core decides, from what is known.

use promptory_core::{
    approval::{Basis, Policy, Served, Subject},
    rollback::{self, Occupant, Proof, Refused, Situation, Wanted},
};
use promptory_store::{PastBuildRow, ProjectReader, TakenBackRow, VersionRow};

use super::{
    evidence::Known,
    shown,
    standing::{Asked, Standing, To},
};
use crate::{
    app::{
        Ctx, Outcome,
        builds::{self, Made, Root},
        deployments, references, wire,
    },
    numbers::{number, number_text},
    refusal::{Code, Refusal},
};

pub(super) struct Problem {
    pub code: &'static str,
    pub detail: String,
    /// As which it is refused.
    refused_as: Code,
    /// An emergency does without.
    pub emergency: bool,
}

/// A build that can be gone back to.
pub(super) struct Chosen {
    pub version: VersionRow,
    pub build_hash: String,
    /// Its last time there; none: it never was.
    pub before: Option<PastBuildRow>,
    /// Of one that never was, just made.
    pub made: Option<Made>,
    pub executions: u64,
    pub live_s: i64,
    pub proof: Proof,
    /// A rollout ends by it, and nothing else changes.
    pub ends_only: bool,
    pub taken_back: Option<TakenBackRow>,
}

pub(super) struct Decision {
    pub target: Option<Chosen>,
    pub last_known_good: Option<Chosen>,
    pub problems: Vec<Problem>,
    /// It waits until somebody agrees, unless it is an emergency.
    pub needs_approval: bool,
}

impl Decision {
    fn without(problem: Problem) -> Self {
        Self { target: None, last_known_good: None, problems: vec![problem], needs_approval: false }
    }

    pub(super) fn is_present(&self) -> bool {
        self.problems.iter().any(|problem| problem.code == "present")
    }

    pub(super) fn is_valid(&self, asked: &Asked) -> bool {
        self.target.is_some() && self.problems.iter().all(|problem| asked.emergency && problem.emergency)
    }

    /// The target, if nothing speaks against it.
    pub(super) fn take(self, standing: &Standing, asked: &Asked) -> Outcome<Chosen> {
        let against = self.problems.into_iter().find(|problem| !(asked.emergency && problem.emergency));
        let Some(problem) = against else {
            return self.target.ok_or_else(|| Refusal::new(Code::Internal, "A way back without a target."));
        };
        let mut refusal = Refusal::new(problem.refused_as, problem.detail);
        match problem.refused_as {
            Code::DeploymentState => {
                let named = standing.named.as_ref().map(deployments::standing).transpose()?;
                refusal.deployment = named.map(Box::new);
            }
            Code::Quarantined => {
                let row = self.target.and_then(|target| target.taken_back);
                refusal.taken_back = row.map(shown::taken_back).map(Box::new);
            }
            _ => {}
        }
        Err(refusal)
    }
}

pub(super) async fn decide(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    standing: &Standing,
    asked: &Asked,
    known: &Known,
) -> Outcome<Decision> {
    let Some(present) = &standing.present else {
        let code = if standing.named.is_some() { Code::DeploymentState } else { Code::NothingToRollBack };
        return Ok(Decision::without(problem("not_served", standing.not_served()?, code)));
    };
    let past: Vec<Occupant> =
        standing.past.iter().map(|row| occupant(standing, row, known)).collect::<Outcome<_>>()?;
    let situation =
        Situation { present: &present.build_hash, stable: standing.stable.as_deref(), past: &past };
    let good = match rollback::last_known_good(&situation) {
        Some((one, proof)) => Some(chosen(reader, standing, (one, proof), None).await?),
        None => None,
    };
    let named;
    let (target, made) = match &asked.to {
        To::Previous => (rollback::previous(&situation), None),
        To::LastKnownGood => (rollback::last_known_good(&situation).map(|(one, _)| one), None),
        To::BeforeRelease(version, hash) => {
            let is_it = |one: &&Occupant| one.version.as_str() == *version && one.build_hash == *hash;
            (past.iter().find(is_it), None)
        }
        To::Version(reference) => match exact(ctx, reader, standing, (reference, &past)).await? {
            Ok((one, made)) => {
                named = one;
                (Some(&named), made)
            }
            Err(problem) => {
                return Ok(Decision { last_known_good: good, ..Decision::without(problem) });
            }
        },
    };
    let Some(target) = target else {
        let refused = against(Refused::NothingBefore, None);
        return Ok(Decision { last_known_good: good, ..Decision::without(refused) });
    };
    // Of what speaks against it policies are asked below, all at once.
    let choice = rollback::choose(&situation, &Policy::default(), Wanted::Exact(target), true);
    let proof = choice.map_or(Proof::None, |choice| choice.proof);
    let chosen = chosen(reader, standing, (target, proof), made).await?;
    let needs_approval = rollback::needs_approval(&situation, &standing.policy, target) && !asked.emergency;
    let refused = rollback::problems(&situation, &standing.policy, target, asked.acknowledged);
    let mut problems: Vec<Problem> =
        refused.into_iter().map(|refused| against(refused, chosen.taken_back.as_ref())).collect();
    if target.since.is_none() {
        problems.push(never_live(standing, &chosen.version));
    }
    problems.extend(known.tried_with(&chosen.build_hash).and_then(|tried| tried.problem()));
    Ok(Decision { target: Some(chosen), last_known_good: good, problems, needs_approval })
}

fn occupant(standing: &Standing, row: &PastBuildRow, known: &Known) -> Outcome<Occupant> {
    let basis =
        Basis::from_stored(&row.basis).ok_or_else(|| wire::damaged("deployment", &row.deployment_id))?;
    let build = Subject::Build {
        prompt: standing.prompt.id.as_str().into(),
        environment: standing.environment.clone(),
        build_hash: row.build_hash.clone(),
    };
    let number = number_text(row.major, row.minor, row.patch, &row.pre);
    Ok(Occupant {
        version: row.version_id.as_str().into(),
        build_hash: row.build_hash.clone(),
        since: Some(promptory_core::time::Timestamp::from_micros(row.since)),
        // What went live had reached everybody; one that bakes is the present build.
        completed: true,
        executions: known.executions(&number),
        seconds_live: row.live_us / promptory_core::time::MICROS_PER_SECOND,
        taken_back: row.taken_back,
        // Nothing watches yet: there are neither gates nor alerts.
        failed_gate: false,
        critical_alert: false,
        quarantined: row.quarantined > 0,
        archived: row.archived_at.is_some(),
        approved: Served { build, basis, reviewed: false }.counts_as_approved(),
    })
}

/// The build that somebody names: its last one there, else what it would be now.
async fn exact(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    standing: &Standing,
    (reference, past): (&str, &[Occupant]),
) -> Outcome<Result<(Occupant, Option<Made>), Problem>> {
    let row = match references::version(ctx, reader, &standing.prompt, reference).await {
        Ok(row) => row,
        Err(refusal) if matches!(refusal.code, Code::NotFound | Code::NothingLive) => {
            return Ok(Err(problem("not_found", refusal.detail, refusal.code)));
        }
        Err(refusal) => return Err(refusal),
    };
    if let Some(one) = past.iter().find(|one| one.version.as_str() == row.id) {
        return Ok(Ok((one.clone(), None)));
    }
    let definition = wire::definition(&standing.prompt.kind, &row)?;
    let number = number(row.major, row.minor, row.patch, &row.pre);
    let root = Root { name: &standing.prompt.name, number, definition: &definition };
    let made = match builds::make(ctx, reader, &root, Some(&standing.environment)).await {
        Ok(made) => made,
        Err(refusal) if refusal.code.status().is_client_error() => {
            return Ok(Err(problem("build_failed", refusal.detail, refusal.code)));
        }
        Err(refusal) => return Err(refusal),
    };
    let place = (standing.prompt.id.as_str(), standing.environment.as_str());
    let quarantined = reader.open_taken_back(place, &made.build_hash).await?.is_some();
    let one = Occupant {
        version: row.id.as_str().into(),
        build_hash: made.build_hash.clone(),
        since: None,
        completed: false,
        executions: 0,
        seconds_live: 0,
        taken_back: false,
        failed_gate: false,
        critical_alert: false,
        quarantined,
        archived: row.archived_at.is_some(),
        approved: false,
    };
    Ok(Ok((one, Some(made))))
}

async fn chosen(
    reader: &mut ProjectReader<'_>,
    standing: &Standing,
    (one, proof): (&Occupant, Proof),
    made: Option<Made>,
) -> Outcome<Chosen> {
    let version = reader.version(one.version.as_str()).await?;
    let before = standing.past.iter().find(|row| {
        row.version_id == one.version.as_str() && row.build_hash == one.build_hash && one.since.is_some()
    });
    let place = (standing.prompt.id.as_str(), standing.environment.as_str());
    let ends_only = !standing.bakes() && standing.stable.as_deref() == Some(one.build_hash.as_str());
    Ok(Chosen {
        version: version.ok_or_else(|| wire::damaged("version", one.version.as_str()))?,
        taken_back: reader.open_taken_back(place, &one.build_hash).await?,
        before: before.cloned(),
        build_hash: one.build_hash.clone(),
        made,
        executions: one.executions,
        live_s: one.seconds_live,
        proof,
        ends_only,
    })
}

pub(super) fn problem(code: &'static str, detail: String, refused_as: Code) -> Problem {
    let emergency = matches!(code, "fix_forward" | "never_live" | "render_failed");
    Problem { code, detail, refused_as, emergency }
}

fn never_live(standing: &Standing, version: &VersionRow) -> Problem {
    let detail = format!(
        "{} was never live in {:?}, so it is not gone back to: activate it, or go there in an emergency.",
        number_text(version.major, version.minor, version.patch, &version.pre),
        standing.environment
    );
    problem("never_live", detail, Code::NeverLive)
}

/// In words, with who took it back where somebody did.
fn against(refused: Refused, taken_back: Option<&TakenBackRow>) -> Problem {
    let (code, refused_as) = match refused {
        Refused::NothingBefore => ("nothing_before", Code::NothingToRollBack),
        Refused::Present => ("present", Code::NothingToRollBack),
        Refused::Archived => ("archived", Code::VersionArchived),
        Refused::Quarantined => ("quarantined", Code::Quarantined),
        Refused::FixForward => ("fix_forward", Code::FixForward),
    };
    match taken_back {
        Some(row) if refused == Refused::Quarantined => {
            problem(code, deployments::quarantined(row.clone()).detail, refused_as)
        }
        _ => problem(code, crate::refusal::sentence(&refused), refused_as),
    }
}
