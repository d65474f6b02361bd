//! After everything that happens: what is in the database now, held against the book, and then written into it.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::{Context, ensure};
use promptory_core::{
    access::Roles,
    approval::{Approval, Decision, DecisionKind, Freeze, Policy, Subject},
    id::ProjectId,
    time::Timestamp,
};
use promptory_store::{
    ApprovalFilter, ApprovalRow, DecisionRow, DeploymentEventRow, DeploymentFilter, DeploymentRow, Store,
    WayBackFilter, WayBackRow,
};
use serde_json::Value;

use super::{
    ENVIRONMENT, PROMPTS, World,
    book::{Asked, Cause, Deployed, Written},
    check::{self, Rules, Start},
    mutant::Mutant,
};
use crate::check::Found;

/// Newer than every row there is.
const NEWEST: (i64, &str) = (i64::MAX, "~");
const DEPLOYMENTS: i64 = 40;
const APPROVALS: i64 = 30;
const WAYS_BACK: i64 = 8;

/// What changed since the last look.
struct News {
    last_at: i64,
    deployments: Vec<(DeploymentRow, Vec<DeploymentEventRow>)>,
    approvals: Vec<(ApprovalRow, Vec<DecisionRow>)>,
    ways_back: Vec<WayBackRow>,
    policy: Policy,
    freeze: Option<Freeze>,
    archived: BTreeSet<String>,
}

impl World {
    /// Whatever happened was done by this.
    pub async fn look(&mut self, cause: &Cause) -> Found {
        let store = self.store()?;
        let heads = store.heads().await?;
        let head = heads.into_iter().find(|head| head.name == "default").context("there is no project")?;
        ensure!(head.revision >= self.book.head, "the revision went back to {}", head.revision);
        if head.revision > self.book.head {
            let id = ProjectId::from(head.id);
            let news = self.news(&store, &id, head.last_at, cause).await?;
            self.write_down(news, cause)?;
            self.book.head = head.revision;
        }
        self.compare()
    }

    async fn news(&self, store: &Store, id: &ProjectId, last_at: i64, cause: &Cause) -> Found<News> {
        let mut reader = store.read().await?;
        let mut reader = reader.project(id);
        let book = &self.book;
        let mut rows = reader.deployments(NEWEST, DeploymentFilter::default(), DEPLOYMENTS).await?;
        let listed: HashSet<String> = rows.iter().map(|row| row.id.clone()).collect();
        for id in book.deployments.keys().filter(|id| !listed.contains(*id)) {
            rows.extend(reader.deployment(id).await?);
        }
        // What is over and not live was forgotten, and does not change any more.
        rows.retain(|row| match book.deployments.get(&row.id) {
            Some(known) => known.row.number != row.number,
            None => !book.known.contains(&row.id),
        });
        let mut deployments = Vec::new();
        for row in rows {
            let known = book.deployments.get(&row.id).map_or(0, |known| known.log.len());
            let events = reader.deployment_events(&row.id).await?;
            deployments.push((row, events.into_iter().skip(known).collect()));
        }
        let mut rows = reader.approvals(NEWEST, ApprovalFilter::default(), APPROVALS).await?;
        let listed: HashSet<String> = rows.iter().map(|row| row.id.clone()).collect();
        for id in book.approvals.keys().filter(|id| !listed.contains(*id)) {
            rows.extend(reader.approval(id).await?);
        }
        let decided = cause.deed().and_then(|deed| deed.decides.as_ref()).map(|(id, _)| id.as_str());
        rows.retain(|row| match book.approvals.get(&row.id) {
            Some(known) => known.standing != row.standing || decided == Some(row.id.as_str()),
            None => !book.known.contains(&row.id),
        });
        let mut approvals = Vec::new();
        for row in rows {
            let decisions = reader.decisions(&row.id).await?;
            approvals.push((row, decisions));
        }
        let ways_back = reader.ways_back(NEWEST, WayBackFilter::default(), WAYS_BACK).await?;
        let environments = reader.environments().await?;
        let environment = environments.into_iter().find(|row| row.name == ENVIRONMENT);
        let environment = environment.context("there is no such environment")?;
        let mut archived = BTreeSet::new();
        for prompt in PROMPTS {
            let row = reader.prompt(prompt).await?;
            if row.is_some_and(|row| row.archived_at.is_some()) {
                archived.insert(prompt.to_owned());
            }
        }
        let (policy, freeze) = (environment.policy()?, environment.freeze());
        Ok(News { last_at, deployments, approvals, ways_back, policy, freeze, archived })
    }

    fn write_down(&mut self, mut news: News, cause: &Cause) -> Found {
        if self.is(Mutant::ExpiredCounts) {
            // As it was asked for.
            news.policy.expires_after_s = self.asked_s.unwrap_or(news.policy.expires_after_s);
        }
        for (row, decisions) in &news.approvals {
            self.asked_for(row, decisions, cause)?;
        }
        if news.policy != self.book.policy {
            check::policy(&self.book, &news.policy, news.last_at)?;
            let loosened = crate::check::asks_less(&self.book.policy, &news.policy);
            if loosened && !self.book.policy.stages.is_empty() {
                self.coverage.met("a policy is loosened with approval");
            }
        }
        if news.freeze != self.book.freeze {
            check::freeze(&self.book, news.freeze.as_ref(), news.last_at)?;
        }
        let (policy, freeze) = (self.book.policy.clone(), self.book.freeze.clone());
        let rules = [(&policy, freeze.as_ref()), (&news.policy, news.freeze.as_ref())];
        let mut events = Vec::new();
        for (row, new) in &news.deployments {
            self.version(row, cause);
            let steps = new.iter().filter(|event| event.actor.is_none() && event.kind == "advanced").count();
            ensure!(steps <= 1, "{steps} steps at once of {}", row.id);
            events.extend(new.iter().map(|event| (row, event)));
        }
        // What ends in a commit ends before what begins in it.
        events.sort_by_key(|(_, event)| (event.at, i32::from(event.share_ppm > 0), event.seq));
        for (row, event) in events {
            self.happened(row, event, cause, &rules).with_context(|| {
                format!("{} of {}: {:?} to {}", event.kind, row.id, event.from_state, event.to_state)
            })?;
        }
        for (row, _) in &news.deployments {
            if let Some(known) = self.book.deployments.get_mut(&row.id) {
                known.row = row.clone();
            }
            self.book.known.insert(row.id.clone());
        }
        for way in news.ways_back {
            if self.book.ways_back.insert(way.id.clone()) {
                self.book.takes_back(&way.prompt, &way.from_build_hash);
            }
        }
        (self.book.policy, self.book.freeze) = (news.policy, news.freeze);
        self.book.archived = news.archived;
        self.book.forget();
        self.remember(news.last_at);
        Ok(())
    }

    /// A version that nobody was told of: the server fell before it could answer.
    fn version(&mut self, row: &DeploymentRow, cause: &Cause) {
        let order = self.book.versions.len();
        let author = cause.deed().map_or(0, |deed| deed.who);
        self.book.versions.entry(row.version_id.clone()).or_insert_with(|| Written {
            prompt: row.prompt.clone(),
            number: format!("{}.{}.{}", row.major, row.minor, row.patch),
            order,
            author,
        });
    }

    fn happened(
        &mut self,
        row: &DeploymentRow,
        event: &DeploymentEventRow,
        cause: &Cause,
        rules: &Rules<'_>,
    ) -> Found {
        if let Cause::Clock { leads } = cause {
            ensure!(*leads, "a server moved it that does not lead any more");
        }
        let new = || Deployed { row: row.clone(), log: Vec::new(), emergency: false, got: None };
        let mut one = self.book.deployments.remove(&row.id).unwrap_or_else(new);
        check::transition(&one, event, cause)?;
        let before = one.log.last().map_or(0, |last| last.share_ppm);
        let starts = event.share_ppm > 0 && before == 0;
        let (book, people) = (&self.book, &self.people);
        if starts {
            let start = Start { book, people, rules, row, at: event.at, cause };
            one.emergency = start.check()?;
            if one.emergency {
                self.coverage.met("an emergency");
                self.book.emergencies.push((row.id.clone(), row.prompt.clone(), row.build_hash.clone()));
            }
        }
        if cause.deed().is_some_and(|deed| deed.knows) && (starts || event.kind == "created") {
            if self.book.in_quarantine(&row.prompt, &row.build_hash) {
                self.coverage.met("what was taken back is released knowingly");
            }
            self.book.knows(&row.prompt, &row.build_hash);
        }
        let from = event.from_state.as_deref().unwrap_or_default();
        self.coverage.transition(from, &event.kind, &event.to_state);
        if event.kind == "rolling_back" {
            self.book.takes_back(&row.prompt, &row.build_hash);
        }
        if event.to_state == "completed" {
            self.goes_live(row, one.emergency);
        }
        one.row.state.clone_from(&event.to_state);
        one.row.number = event.seq;
        one.log.push(event.clone());
        self.book.deployments.insert(row.id.clone(), one);
        Ok(())
    }

    fn goes_live(&mut self, row: &DeploymentRow, emergency: bool) {
        self.book.live.insert(row.prompt.clone(), row.id.clone());
        self.book.was_live.insert(row.version_id.clone());
        if !emergency {
            self.book.approved.insert((row.prompt.clone(), row.build_hash.clone()));
        }
    }

    /// A request for approval, and what was said about it.
    fn asked_for(&mut self, row: &ApprovalRow, decisions: &[DecisionRow], cause: &Cause) -> Found {
        self.book.known.insert(row.id.clone());
        let deed = cause.deed();
        if !self.book.approvals.contains_key(&row.id) {
            let author = row.version_id.as_ref().map(|id| match self.book.versions.get(id) {
                Some(written) => written.author,
                // Nobody was told of it.
                None => deed.map_or(0, |deed| deed.who),
            });
            let id = |who: usize| self.people[who].id.as_str().into();
            let subject =
                Subject::from_stored(&row.kind, row.prompt_id.as_deref(), &row.environment, &row.detail);
            let approval = Approval {
                subject: subject.context("a request for nothing")?,
                requester: deed.map(|deed| id(deed.who)),
                authors: author.map(id).into_iter().collect(),
                opened_at: Timestamp::from_micros(row.opened_at),
                decisions: Vec::new(),
                spent_at: None,
            };
            if row.kind == "policy" {
                self.coverage.met("loosening waits");
            }
            let asked = Asked {
                kind: row.kind.clone(),
                prompt: row.prompt.clone(),
                build_hash: row.detail.clone(),
                wanted: if row.wanted.is_empty() { Value::Null } else { serde_json::from_str(&row.wanted)? },
                approval,
                standing: row.standing,
            };
            self.book.approvals.insert(row.id.clone(), asked);
        }
        let people: HashMap<usize, (&str, Roles)> =
            self.people.iter().enumerate().map(|(n, one)| (n, (one.id.as_str(), one.roles))).collect();
        let Some(asked) = self.book.approvals.get_mut(&row.id) else { return Ok(()) };
        asked.standing = row.standing;
        let known = asked.approval.decisions.len();
        for decision in decisions.iter().skip(known) {
            let kind = DecisionKind::from_stored(&decision.kind, &decision.stage);
            let kind = kind.context("a decision of no kind")?;
            // Whoever the server thinks it was: it was whom the simulation sent.
            let sent = deed.filter(|deed| {
                let decides = deed.decides.as_ref();
                decides.is_some_and(|(id, action)| *id == row.id && word(*action) == decision.kind)
            });
            let by = sent.and_then(|deed| people.get(&deed.who));
            let clocks = decision.person_id.is_none();
            ensure!(by.is_some() || clocks, "somebody decided whom nobody sent: {decision:?}");
            let (user, roles) = by.map_or((None, Roles::NONE), |(id, roles)| (Some((*id).into()), *roles));
            let at = Timestamp::from_micros(decision.at);
            asked.approval.decisions.push(Decision { at, by: user, roles, kind, comment: String::new() });
        }
        Ok(())
    }
}

const fn word(action: promptory_core::approval::Action) -> &'static str {
    use promptory_core::approval::Action;
    match action {
        Action::Approve => "approve",
        Action::Reject => "reject",
        Action::RequestChanges => "request_changes",
        Action::Comment => "comment",
        Action::Withdraw => "withdraw",
    }
}
