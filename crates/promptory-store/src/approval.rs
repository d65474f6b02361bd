//! Requests for approval and what was decided of them. What an environment asks for is written behind the door of
//! `apply`, with everything else that decides what is served.

use promptory_core::{
    access::Roles,
    approval::{Approval, Decision, DecisionKind, Subject},
    id::UserId,
    time::Timestamp,
};
use serde_json::json;

use crate::{Change, ChangeKind, Result, Store, StoreError, read::ProjectReader, write::WriteTx};

/// Approvals with the names of what they are about.
macro_rules! approvals {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.kind, a.prompt_id, p.name AS prompt, a.environment, a.detail, a.version_id, v.major, v.minor, \
             v.patch, v.pre, a.wanted, a.requester_id, a.requester, a.authors, a.note, a.opened_at, a.state, a.standing, \
             a.ended_at, a.spent_at, a.deployment_id, r.id AS release_id FROM approval a \
             LEFT JOIN prompt p ON p.id = a.prompt_id LEFT JOIN version v ON v.id = a.version_id \
             LEFT JOIN release r ON r.approval_id = a.id WHERE a.project_id = $1 AND ",
            $rest
        )
    };
}

statements! {
    INSERT_APPROVAL = "INSERT INTO approval (id, project_id, kind, prompt_id, environment, detail, version_id, wanted, \
        requester_id, requester, authors, note, opened_at, state, standing, look_at, ended_at, spent_at, deployment_id) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'pending', TRUE, $14, NULL, NULL, NULL)";
    INSERT_DECISION = "INSERT INTO approval_decision (approval_id, seq, project_id, at, person_id, name, roles, kind, \
        stage, comment, reply_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    SET_STANDING = "UPDATE approval SET state = $3, standing = $4, look_at = $5, \
        ended_at = CASE WHEN $4 THEN NULL ELSE COALESCE(ended_at, $6) END WHERE project_id = $1 AND id = $2";
    SPEND_APPROVAL = "UPDATE approval SET spent_at = $3, ended_at = COALESCE(ended_at, $3), standing = FALSE \
        WHERE project_id = $1 AND id = $2 AND spent_at IS NULL";
    LINK_DEPLOYMENT = "UPDATE approval SET deployment_id = $3 WHERE project_id = $1 AND id = $2";
    APPROVAL_BY_ID = approvals!("a.id = $2");
    /// Its own, or that of its release.
    APPROVAL_OF_DEPLOYMENT = approvals!("a.id IN (SELECT o.id FROM approval o WHERE o.deployment_id = $2 \
        UNION ALL SELECT w.approval_id FROM release w JOIN release_item i ON i.release_id = w.id \
        WHERE i.deployment_id = $2) ORDER BY a.opened_at DESC LIMIT 1");
    LIST_APPROVALS = approvals!("(a.opened_at, a.id) < ($2, $3) AND (CAST($4 AS TEXT) IS NULL OR a.prompt_id = $4 \
        OR EXISTS (SELECT 1 FROM release_item i JOIN deployment d ON d.id = i.deployment_id \
        WHERE i.release_id = r.id AND d.prompt_id = $4)) \
        AND (CAST($5 AS TEXT) IS NULL OR a.environment = $5) AND (CAST($6 AS TEXT) IS NULL OR a.state = $6 \
        OR ($6 = 'open' AND a.standing AND a.state IN ('pending', 'changes_requested'))) \
        AND (CAST($7 AS TEXT) IS NULL OR a.requester_id = $7) ORDER BY a.opened_at DESC, a.id DESC LIMIT $8");
    /// Of one prompt, or where none is named of the environment itself.
    STANDING_APPROVALS = approvals!("a.standing AND a.environment = $2 \
        AND (a.prompt_id = $3 OR (CAST($3 AS TEXT) IS NULL AND a.prompt_id IS NULL)) ORDER BY a.opened_at, a.id");
    APPROVAL_DECISIONS = "SELECT approval_id, seq, at, person_id, name, roles, kind, stage, comment, reply_to \
        FROM approval_decision WHERE project_id = $1 AND approval_id = $2 ORDER BY seq";
    COUNT_APPROVALS = "SELECT COUNT(*) AS n FROM approval WHERE project_id = $1 AND version_id = $2";
    COUNT_STANDING = "SELECT COUNT(*) AS n FROM approval WHERE standing AND state IN ('pending', 'changes_requested')";
    DUE_APPROVALS = "SELECT project_id, id FROM approval WHERE standing AND look_at <= $1 ORDER BY look_at, id LIMIT $2";
    BUILD_AUTHORS = "SELECT DISTINCT author_user FROM version WHERE project_id = $1 AND author_user IS NOT NULL \
        AND (id = $2 OR id IN (SELECT included_id FROM build_include WHERE version_id = $2 AND build_hash = $3)) \
        ORDER BY author_user";
    KEY_IS_PERSONAL = "SELECT personal FROM access_key WHERE project_id = $1 AND id = $2";
    PERSON_NAME = "SELECT name FROM person WHERE id = $1";
}

row! {
    pub struct ApprovalRow {
        pub id: String,
        pub kind: String,
        pub prompt_id: Option<String>,
        pub prompt: Option<String>,
        pub environment: String,
        pub detail: String,
        pub version_id: Option<String>,
        pub major: Option<i64>,
        pub minor: Option<i64>,
        pub patch: Option<i64>,
        pub pre: Option<String>,
        /// JSON, or empty.
        pub wanted: String,
        pub requester_id: Option<String>,
        pub requester: String,
        /// JSON.
        pub authors: String,
        pub note: String,
        pub opened_at: i64,
        /// When it was last looked at; the policy in force decides.
        pub state: String,
        /// Something can still become of it.
        pub standing: bool,
        pub ended_at: Option<i64>,
        pub spent_at: Option<i64>,
        pub deployment_id: Option<String>,
        /// All of its deployments wait for it, or began by it.
        pub release_id: Option<String>,
    }
}

row! {
    pub struct DecisionRow {
        pub approval_id: String,
        pub seq: i64,
        pub at: i64,
        pub person_id: Option<String>,
        pub name: String,
        pub roles: String,
        pub kind: String,
        pub stage: String,
        pub comment: String,
        /// The `seq` of what it answers, which answers none itself.
        pub reply_to: Option<i64>,
    }
}

impl ApprovalRow {
    /// As core evaluates it.
    ///
    /// # Errors
    /// A row is damaged.
    pub fn approval(&self, decisions: &[DecisionRow]) -> Result<Approval> {
        let subject =
            Subject::from_stored(&self.kind, self.prompt_id.as_deref(), &self.environment, &self.detail);
        let authors: Vec<UserId> =
            serde_json::from_str(&self.authors).map_err(|why| self.broken(format!("authors: {why}")))?;
        let decision = |row: &DecisionRow| {
            let kind = DecisionKind::from_stored(&row.kind, &row.stage);
            Ok(Decision {
                at: Timestamp::from_micros(row.at),
                by: row.person_id.as_deref().map(UserId::from),
                roles: Roles::from_stored(&row.roles),
                kind: kind.ok_or_else(|| self.broken(format!("the decision {:?}", row.kind)))?,
                comment: row.comment.clone(),
            })
        };
        Ok(Approval {
            subject: subject.ok_or_else(|| self.broken(format!("the kind {:?}", self.kind)))?,
            requester: self.requester_id.as_deref().map(UserId::from),
            authors,
            opened_at: Timestamp::from_micros(self.opened_at),
            decisions: decisions.iter().map(decision).collect::<Result<_>>()?,
            spent_at: self.spent_at.map(Timestamp::from_micros),
        })
    }

    fn broken(&self, what: String) -> StoreError {
        StoreError::Broken { table: "approval", id: self.id.clone(), what }
    }
}

#[derive(Debug, Clone)]
pub struct NewApproval<'a> {
    pub id: &'a str,
    pub subject: &'a Subject,
    /// What it brings, for a build.
    pub version_id: Option<&'a str>,
    pub wanted: &'a str,
    pub requester_id: Option<&'a str>,
    pub requester: &'a str,
    pub authors: &'a [String],
    pub note: &'a str,
    /// When it expires.
    pub look_at: Timestamp,
}

/// Which approvals are wanted; all of them where nothing is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApprovalFilter<'a> {
    pub prompt_id: Option<&'a str>,
    pub environment: Option<&'a str>,
    /// Also `open`.
    pub state: Option<&'a str>,
    pub requester_id: Option<&'a str>,
}

impl ProjectReader<'_> {
    pub async fn approval(&mut self, id: &str) -> Result<Option<ApprovalRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), ApprovalRow, APPROVAL_BY_ID, project.as_str(), id)
    }

    /// The one by which a deployment waits or was started.
    pub async fn approval_of(&mut self, deployment_id: &str) -> Result<Option<ApprovalRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), ApprovalRow, APPROVAL_OF_DEPLOYMENT, project.as_str(), deployment_id)
    }

    /// Newest first, before the given time and id.
    pub async fn approvals(
        &mut self,
        before: (i64, &str),
        filter: ApprovalFilter<'_>,
        limit: i64,
    ) -> Result<Vec<ApprovalRow>> {
        let project = self.project;
        fetch_all!(
            self.conn(),
            ApprovalRow,
            LIST_APPROVALS,
            project.as_str(),
            before.0,
            before.1,
            filter.prompt_id,
            filter.environment,
            filter.state,
            filter.requester_id,
            limit
        )
    }

    /// Of which something can still become, oldest first: of a prompt, or of the environment itself.
    pub async fn standing_approvals(
        &mut self,
        environment: &str,
        prompt_id: Option<&str>,
    ) -> Result<Vec<ApprovalRow>> {
        let project = self.project;
        fetch_all!(self.conn(), ApprovalRow, STANDING_APPROVALS, project.as_str(), environment, prompt_id)
    }

    /// In order.
    pub async fn decisions(&mut self, approval_id: &str) -> Result<Vec<DecisionRow>> {
        let project = self.project;
        fetch_all!(self.conn(), DecisionRow, APPROVAL_DECISIONS, project.as_str(), approval_id)
    }

    /// Whether approval of this version was ever asked for.
    pub async fn was_asked_for(&mut self, version_id: &str) -> Result<bool> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_APPROVALS, project.as_str(), version_id)?;
        Ok(n > 0)
    }

    /// The persons who wrote a version of a build.
    pub async fn build_authors(&mut self, version_id: &str, build_hash: &str) -> Result<Vec<String>> {
        let project = self.project;
        let rows =
            fetch_all!(self.conn(), (String,), BUILD_AUTHORS, project.as_str(), version_id, build_hash)?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Whether a key was made by the person whose it is.
    pub async fn key_is_personal(&mut self, id: &str) -> Result<bool> {
        let project = self.project;
        let row: Option<(bool,)> =
            fetch_optional!(self.conn(), (bool,), KEY_IS_PERSONAL, project.as_str(), id)?;
        Ok(row.is_some_and(|(personal,)| personal))
    }

    /// Of somebody who asked, wrote or decided; also of those who are in the project no more.
    pub async fn person_name(&mut self, id: &str) -> Result<Option<String>> {
        let row: Option<(String,)> = fetch_optional!(self.conn(), (String,), PERSON_NAME, id)?;
        Ok(row.map(|(name,)| name))
    }
}

impl WriteTx {
    pub async fn open_approval(&mut self, new: &NewApproval<'_>) -> Result<()> {
        let at = self.at().micros();
        let authors = json!(new.authors).to_string();
        let (subject, prompt) = (new.subject, new.subject.prompt().map(|id| id.as_str().to_owned()));
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_APPROVAL,
            new.id,
            project.as_str(),
            subject.kind(),
            &prompt,
            subject.environment(),
            subject.detail(),
            new.version_id,
            new.wanted,
            new.requester_id,
            new.requester,
            authors,
            new.note,
            at,
            new.look_at.micros()
        )?;
        self.push_approval(prompt.as_deref(), subject.environment());
        Ok(())
    }

    /// `name`: how they are called now.
    pub async fn add_decision(
        &mut self,
        row: &ApprovalRow,
        decision: &Decision,
        name: &str,
        reply_to: Option<i64>,
    ) -> Result<()> {
        let seq = self.project().decisions(&row.id).await?.last().map_or(1, |last| last.seq + 1);
        let stage = match &decision.kind {
            DecisionKind::Approve { stage } => stage.as_str(),
            _ => "",
        };
        let by = decision.by.as_ref().map(|id| id.as_str().to_owned());
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_DECISION,
            &row.id,
            seq,
            project.as_str(),
            decision.at.micros(),
            by,
            name,
            decision.roles.to_string(),
            decision.kind.as_str(),
            stage,
            &decision.comment,
            reply_to
        )?;
        self.push_approval(row.prompt_id.as_deref(), &row.environment);
        Ok(())
    }

    /// What it amounts to now, whether something can still become of it, and when it is to be looked at again.
    pub async fn set_standing(
        &mut self,
        id: &str,
        state: &str,
        standing: bool,
        look_at: Timestamp,
    ) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(conn, SET_STANDING, project.as_str(), id, state, standing, look_at.micros(), at)?;
        Ok(())
    }

    /// What it allowed is done. A deployment does so itself when it is completed.
    pub async fn spend_approval(&mut self, id: &str) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(conn, SPEND_APPROVAL, project.as_str(), id, at)?;
        Ok(())
    }

    /// This deployment waits for it, or starts by it.
    pub async fn link_deployment(&mut self, approval_id: &str, deployment_id: &str) -> Result<()> {
        let (conn, project) = self.parts();
        execute!(conn, LINK_DEPLOYMENT, project.as_str(), approval_id, deployment_id)?;
        Ok(())
    }

    fn push_approval(&mut self, prompt_id: Option<&str>, environment: &str) {
        let change = Change::quiet(ChangeKind::Approval);
        let change = Change { environment: Some(environment.to_owned()), ..change };
        self.push(match prompt_id {
            Some(id) => change.prompt(id),
            None => change,
        });
    }
}

impl Store {
    /// Approvals of all projects that are to be looked at now: project and id.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn due_approvals(&self, now: i64, limit: i64) -> Result<Vec<(String, String)>> {
        let mut pooled = self.pooled().await?;
        fetch_all!(pooled.conn(), (String, String), DUE_APPROVALS, now, limit)
    }

    /// How many wait for somebody, in all projects.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn count_open_approvals(&self) -> Result<i64> {
        let mut pooled = self.pooled().await?;
        let (n,): (i64,) = fetch_one!(pooled.conn(), (i64,), COUNT_STANDING)?;
        Ok(n)
    }
}
