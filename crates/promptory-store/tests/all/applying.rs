//! Changes of what is served as the server makes them, in few words: with the proof that core makes where environments
//! ask nobody.

use promptory_core::{
    approval::{Authorized, Evidence, Policy, Rollback, Rules, ServingChange, Target, Way, authorize},
    bucketing::Share,
    rollout::{Asked, Command, Deployment, New, Outcome, Schedule, Step, Strategy, Transition, Unit, Watch},
    time::Timestamp,
};
use promptory_store::{
    Archive, EnvironmentRow, Naming, Placement, PromptRow, Rows, Start, StoreError, WayBack, WriteTx,
};

pub(crate) type Done<T> = Result<T, StoreError>;

/// As an activation of an older version has it.
pub(crate) static BY_HAND: WayBack =
    WayBack { kind: "manual", cause: "activate", wanted: "version", evidence: "none", release_id: None };

pub(crate) static BY_ROLLBACK: WayBack = WayBack {
    kind: "manual",
    cause: "rollback",
    wanted: "previous",
    evidence: "executions",
    release_id: None,
};

pub(crate) fn proof(change: ServingChange, now: Timestamp) -> Authorized<ServingChange> {
    let environment = change.environment().unwrap_or_default().to_owned();
    let policy = Policy::default();
    let rules = Rules { environment: &environment, policy: &policy, freeze: None };
    authorize(rules, Evidence::default(), change, now).expect("nobody is asked")
}

/// Makes a build live in an environment, at once.
#[derive(Debug, Clone)]
pub(crate) struct Activation {
    pub(crate) deployment_id: String,
    pub(crate) prompt_id: String,
    pub(crate) environment: String,
    pub(crate) version_id: String,
    pub(crate) from_version_id: Option<String>,
    pub(crate) build_hash: String,
    pub(crate) back: bool,
    /// It was taken back, and that is known.
    pub(crate) acknowledged: bool,
    pub(crate) reason: String,
    pub(crate) actor: String,
}

impl Activation {
    pub(crate) fn placement(&self, strategy: &str) -> Placement {
        Placement {
            prompt_id: self.prompt_id.clone(),
            environment: self.environment.clone(),
            version_id: self.version_id.clone(),
            from_version_id: self.from_version_id.clone(),
            build_hash: self.build_hash.clone(),
            strategy: strategy.to_owned(),
            seed: "0123456789abcdef".to_owned(),
            back: self.back,
            takes_back: self.back,
            acknowledged: self.acknowledged,
            reason: self.reason.clone(),
            actor: self.actor.clone(),
        }
    }

    pub(crate) fn created(&self, at: Timestamp) -> Transition {
        let schedule = Strategy::Immediate.schedule().expect("one step");
        created(&self.deployment_id, (schedule, Watch::nothing()), false, at)
    }

    pub(crate) fn serve(&self) -> ServingChange {
        let target = Target {
            prompt: self.prompt_id.as_str().into(),
            environment: self.environment.clone(),
            version: self.version_id.as_str().into(),
            build_hash: self.build_hash.clone(),
        };
        ServingChange::Serve { target, way: Way::Deploy }
    }
}

pub(crate) fn asked(at: Timestamp) -> Asked {
    Asked { at, actor: Some("key_1".to_owned()), reason: "better".to_owned(), version: None }
}

fn created(id: &str, (schedule, watch): (Schedule, Watch), hold: bool, at: Timestamp) -> Transition {
    let new = New {
        id: id.into(),
        rollback_of: None,
        unit: Unit::User,
        schedule,
        watch,
        needs_approval: false,
        hold,
    };
    Deployment::create(new, asked(at))
}

/// A deployment in two steps, an hour apart.
pub(crate) struct Rolling {
    pub(crate) id: String,
    pub(crate) what: Activation,
    pub(crate) schedule: Schedule,
    pub(crate) watch: Watch,
}

impl Rolling {
    pub(crate) fn new(id: &str, what: &Activation, percent: u8) -> Self {
        let step = |percent, after_s| Step { share: Share::percent(percent), after_s };
        let schedule = Schedule::check(vec![step(percent, 0), step(100, 3600)]).expect("two steps");
        Self { id: id.to_owned(), what: what.clone(), schedule, watch: Watch::nothing() }
    }

    pub(crate) fn created(&self, at: Timestamp) -> Transition {
        created(&self.id, (self.schedule.clone(), self.watch.clone()), false, at)
    }

    /// Answers the row as it is afterwards.
    pub(crate) async fn start(&self, tx: &mut WriteTx, superseded: Option<&Transition>) -> Done<Deployment> {
        let transition = self.created(tx.at());
        self.start_with(tx, &transition, superseded).await
    }

    pub(crate) async fn start_with(
        &self,
        tx: &mut WriteTx,
        transition: &Transition,
        superseded: Option<&Transition>,
    ) -> Done<Deployment> {
        let placement = self.what.placement("custom");
        let proofs = vec![proof(self.what.serve(), tx.at())];
        let ended: Vec<&Transition> = superseded.into_iter().collect();
        let start = Start { placement: &placement, transition, ended: &ended, way_back: &BY_HAND };
        assert!(tx.apply(proofs, Rows::Start(start)).await?);
        Ok(transition.deployment.clone())
    }

    /// It waits for somebody to start it.
    pub(crate) async fn hold(&self, tx: &mut WriteTx) -> Done<Deployment> {
        let transition = created(&self.id, (self.schedule.clone(), self.watch.clone()), true, tx.at());
        let placement = self.what.placement("custom");
        move_it(tx, transition, Some(&placement)).await
    }
}

pub(crate) async fn move_it(
    tx: &mut WriteTx,
    transition: Transition,
    new: Option<&Placement>,
) -> Done<Deployment> {
    let row = transition.deployment.clone();
    let proofs = vec![proof(ServingChange::Deployment(Box::new(transition)), tx.at())];
    tx.apply(proofs, Rows::Move(new)).await.map(|_| row)
}

/// Whatever it stands at, it is taken back.
pub(crate) fn rolled_back(row: &Deployment, at: Timestamp) -> Transition {
    match row.command(&Command::RollBack, asked(at)).expect("possible") {
        Outcome::Changed(transition) => *transition,
        Outcome::Already => panic!("it is being taken back already"),
    }
}

/// A rollout whose build was not live.
pub(crate) async fn end_as_rolled_back(tx: &mut WriteTx, transition: Transition) -> Done<()> {
    let proofs = vec![proof(ServingChange::Deployment(Box::new(transition)), tx.at())];
    tx.apply(proofs, Rows::Back(&BY_ROLLBACK, None)).await.map(drop)
}

pub(crate) trait Applies {
    async fn one(&mut self, change: ServingChange, rows: Rows<'_>) -> Done<bool>;
    async fn apply_activation(&mut self, new: &Activation) -> Done<()>;
    /// The same as a way back, by which these end.
    async fn start_ending(&mut self, new: &Activation, ended: &[&Transition]) -> Done<()>;
    async fn apply_archive(&mut self, what: &Archive<'_>) -> Done<()>;
    async fn apply_label(&mut self, prompt_id: &str, name: &str, version_id: &str, by: &str) -> Done<()>;
    async fn apply_unlabel(&mut self, prompt_id: &str, name: &str) -> Done<bool>;
    async fn apply_policy(&mut self, environment: &EnvironmentRow, rollback: &str) -> Done<()>;
    async fn apply_rename(&mut self, prompt: &PromptRow, name: &str) -> Done<()>;
    async fn apply_forget_name(&mut self, prompt: &PromptRow, name_folded: &str) -> Done<bool>;
    async fn apply_delete_version(&mut self, prompt_id: &str, id: &str) -> Done<()>;
    async fn apply_delete_prompt(&mut self, prompt: &PromptRow) -> Done<()>;
}

fn name_of(prompt: &PromptRow) -> ServingChange {
    ServingChange::Name { prompt: prompt.id.as_str().into() }
}

impl Applies for WriteTx {
    async fn one(&mut self, change: ServingChange, rows: Rows<'_>) -> Done<bool> {
        let now = self.at();
        self.apply(vec![proof(change, now)], rows).await
    }

    async fn apply_activation(&mut self, new: &Activation) -> Done<()> {
        let transition = new.created(self.at());
        let placement = new.placement("immediate");
        let start = Start { placement: &placement, transition: &transition, ended: &[], way_back: &BY_HAND };
        self.one(new.serve(), Rows::Start(start)).await.map(drop)
    }

    async fn start_ending(&mut self, new: &Activation, ended: &[&Transition]) -> Done<()> {
        let transition = new.created(self.at());
        let placement = new.placement("immediate");
        let start = Start { placement: &placement, transition: &transition, ended, way_back: &BY_ROLLBACK };
        self.one(new.serve(), Rows::Start(start)).await.map(drop)
    }

    async fn apply_archive(&mut self, what: &Archive<'_>) -> Done<()> {
        let changes = match *what {
            Archive::Version { prompt_id, id, .. } => {
                vec![ServingChange::ArchiveUnserved { prompt: prompt_id.into(), version: Some(id.into()) }]
            }
            Archive::Prompt { prompt, archived } => {
                let live = self.project().live_environments(&prompt.id).await?;
                let id = prompt.id.as_str();
                if live.is_empty() {
                    vec![ServingChange::ArchiveUnserved { prompt: id.into(), version: None }]
                } else {
                    let of = |environment: String| match archived {
                        true => ServingChange::Archive { prompt: id.into(), environment },
                        false => {
                            let (version, build_hash) = ("".into(), String::new());
                            let target = Target { prompt: id.into(), environment, version, build_hash };
                            ServingChange::Serve { target, way: Way::Restore }
                        }
                    };
                    live.into_iter().map(of).collect()
                }
            }
        };
        let now = self.at();
        let proofs = changes.into_iter().map(|change| proof(change, now)).collect();
        self.apply(proofs, Rows::Archive(*what)).await.map(drop)
    }

    async fn apply_label(&mut self, prompt_id: &str, name: &str, version_id: &str, by: &str) -> Done<()> {
        let (prompt, name, version) = (prompt_id.into(), name.to_owned(), Some(version_id.into()));
        self.one(ServingChange::Label { prompt, name, version }, Rows::Label { by }).await.map(drop)
    }

    async fn apply_unlabel(&mut self, prompt_id: &str, name: &str) -> Done<bool> {
        let (prompt, name) = (prompt_id.into(), name.to_owned());
        self.one(ServingChange::Label { prompt, name, version: None }, Rows::Label { by: "" }).await
    }

    async fn apply_policy(&mut self, environment: &EnvironmentRow, rollback: &str) -> Done<()> {
        let rollback = Rollback::parse(rollback).expect("a policy");
        let new = Policy { rollback, ..Policy::default() };
        let change = ServingChange::Policy { environment: environment.name.clone(), new };
        self.one(change, Rows::Environment(environment)).await.map(drop)
    }

    async fn apply_rename(&mut self, prompt: &PromptRow, name: &str) -> Done<()> {
        self.one(name_of(prompt), Rows::Name(prompt, Naming::Rename(name))).await.map(drop)
    }

    async fn apply_forget_name(&mut self, prompt: &PromptRow, name_folded: &str) -> Done<bool> {
        self.one(name_of(prompt), Rows::Name(prompt, Naming::Forget(name_folded))).await
    }

    async fn apply_delete_version(&mut self, prompt_id: &str, id: &str) -> Done<()> {
        let change = ServingChange::Delete { prompt: prompt_id.into(), version: Some(id.into()) };
        self.one(change, Rows::DeleteVersion).await.map(drop)
    }

    async fn apply_delete_prompt(&mut self, prompt: &PromptRow) -> Done<()> {
        let change = ServingChange::Delete { prompt: prompt.id.as_str().into(), version: None };
        self.one(change, Rows::DeletePrompt(prompt)).await.map(drop)
    }
}
