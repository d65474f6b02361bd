//! What went live without approval, and who looked at it afterwards.

use promptory_core::time::Timestamp;

use crate::{Change, ChangeKind, Result, Store, read::ProjectReader, write::WriteTx};

/// Emergencies with the names of what they are about.
macro_rules! emergencies {
    ($rest:literal) => {
        concat!(
            "SELECT e.deployment_id, d.prompt_id, p.name AS prompt, d.environment, v.major, v.minor, v.patch, v.pre, e.at, \
             e.person_id, e.name, e.reason, e.review_by, e.reviewed_at, e.reviewer_id, e.reviewer, e.approved, e.comment \
             FROM emergency e JOIN deployment d ON d.id = e.deployment_id JOIN prompt p ON p.id = d.prompt_id \
             JOIN version v ON v.id = d.version_id WHERE e.project_id = $1 AND ",
            $rest
        )
    };
}

statements! {
    INSERT_EMERGENCY = "INSERT INTO emergency (deployment_id, project_id, at, person_id, name, reason, review_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    REVIEW_EMERGENCY = "UPDATE emergency SET reviewed_at = $3, reviewer_id = $4, reviewer = $5, approved = $6, comment = $7 \
        WHERE project_id = $1 AND deployment_id = $2 AND reviewed_at IS NULL";
    EMERGENCY_BY_ID = emergencies!("e.deployment_id = $2");
    LIST_EMERGENCIES = emergencies!("(e.at, e.deployment_id) < ($2, $3) AND (CAST($4 AS BIGINT) = 0 OR (e.reviewed_at IS NULL) = (CAST($4 AS BIGINT) = 1)) \
        ORDER BY e.at DESC, e.deployment_id DESC LIMIT $5");
    COUNT_OVERDUE = "SELECT COUNT(*) AS n FROM emergency WHERE reviewed_at IS NULL AND review_by <= $1";
}

row! {
    pub struct EmergencyRow {
        pub deployment_id: String,
        pub prompt_id: String,
        pub prompt: String,
        pub environment: String,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
        pub at: i64,
        /// None: a key that belongs to nobody.
        pub person_id: Option<String>,
        pub name: String,
        pub reason: String,
        pub review_by: i64,
        pub reviewed_at: Option<i64>,
        pub reviewer_id: Option<String>,
        pub reviewer: String,
        /// It was right.
        pub approved: bool,
        pub comment: String,
    }
}

#[derive(Debug, Clone)]
pub struct NewEmergency<'a> {
    pub deployment_id: &'a str,
    pub person_id: Option<&'a str>,
    pub name: &'a str,
    pub reason: &'a str,
    pub review_by: Timestamp,
}

#[derive(Debug, Clone)]
pub struct Review<'a> {
    pub person_id: &'a str,
    pub name: &'a str,
    pub approved: bool,
    pub comment: &'a str,
}

impl ProjectReader<'_> {
    pub async fn emergency(&mut self, deployment_id: &str) -> Result<Option<EmergencyRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), EmergencyRow, EMERGENCY_BY_ID, project.as_str(), deployment_id)
    }

    /// Newest first, before the given time and id; only those that somebody looked at, or that nobody did.
    pub async fn emergencies(
        &mut self,
        before: (i64, &str),
        reviewed: Option<bool>,
        limit: i64,
    ) -> Result<Vec<EmergencyRow>> {
        let project = self.project;
        let which = match reviewed {
            None => 0_i64,
            Some(false) => 1,
            Some(true) => 2,
        };
        fetch_all!(
            self.conn(),
            EmergencyRow,
            LIST_EMERGENCIES,
            project.as_str(),
            before.0,
            before.1,
            which,
            limit
        )
    }
}

impl WriteTx {
    pub async fn insert_emergency(&mut self, new: &NewEmergency<'_>) -> Result<()> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_EMERGENCY,
            new.deployment_id,
            project.as_str(),
            at,
            new.person_id,
            new.name,
            new.reason,
            new.review_by.micros()
        )?;
        self.emergencies += 1;
        Ok(())
    }

    /// Once. Answers false when somebody has looked at it already.
    pub async fn review_emergency(&mut self, row: &EmergencyRow, review: &Review<'_>) -> Result<bool> {
        let at = self.at().micros();
        let (conn, project) = self.parts();
        let done = execute!(
            conn,
            REVIEW_EMERGENCY,
            project.as_str(),
            &row.deployment_id,
            at,
            review.person_id,
            review.name,
            review.approved,
            review.comment
        )?;
        let change = Change::quiet(ChangeKind::Approval).prompt(&row.prompt_id);
        self.push(Change { environment: Some(row.environment.clone()), ..change });
        Ok(done == 1)
    }
}

impl Store {
    /// Emergencies of all projects that nobody has looked at in time.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn count_overdue_emergencies(&self, now: i64) -> Result<i64> {
        let mut pooled = self.pooled().await?;
        let (n,): (i64,) = fetch_one!(pooled.conn(), (i64,), COUNT_OVERDUE, now)?;
        Ok(n)
    }
}
