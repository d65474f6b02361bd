//! What people say about versions.

use crate::{Change, ChangeKind, Result, read::ProjectReader, write::WriteTx};

statements! {
    COMMENTS = "SELECT id, reply_to, person_id, author, comment, at, revision FROM version_comment \
        WHERE project_id = $1 AND version_id = $2 AND revision > $3 ORDER BY revision LIMIT $4";
    COMMENT = "SELECT id, reply_to, person_id, author, comment, at, revision FROM version_comment \
        WHERE project_id = $1 AND version_id = $2 AND id = $3";
    COUNT_COMMENTS = "SELECT COUNT(*) AS n FROM version_comment WHERE project_id = $1 AND version_id = $2";
    INSERT_COMMENT = "INSERT INTO version_comment (id, project_id, prompt_id, version_id, reply_to, person_id, author, \
        comment, at, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
}

row! {
    #[derive(PartialEq, Eq)]
    pub struct CommentRow {
        pub id: String,
        pub reply_to: Option<String>,
        /// None: a key that belongs to nobody.
        pub person_id: Option<String>,
        pub author: String,
        pub comment: String,
        pub at: i64,
        /// Of the commit: later comments have higher ones.
        pub revision: i64,
    }
}

impl ProjectReader<'_> {
    /// After a revision, oldest first.
    pub async fn comments(&mut self, version_id: &str, after: i64, limit: i64) -> Result<Vec<CommentRow>> {
        let project = self.project;
        fetch_all!(self.conn(), CommentRow, COMMENTS, project.as_str(), version_id, after, limit)
    }

    /// One of a version.
    pub async fn comment(&mut self, version_id: &str, id: &str) -> Result<Option<CommentRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), CommentRow, COMMENT, project.as_str(), version_id, id)
    }

    pub async fn count_comments(&mut self, version_id: &str) -> Result<i64> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_COMMENTS, project.as_str(), version_id)?;
        Ok(n)
    }
}

impl WriteTx {
    /// With the revision of this commit.
    pub async fn insert_comment(
        &mut self,
        (prompt_id, version_id): (&str, &str),
        row: &CommentRow,
    ) -> Result<()> {
        let revision = self.revision();
        let (conn, project) = self.parts();
        execute!(
            conn,
            INSERT_COMMENT,
            &row.id,
            project.as_str(),
            prompt_id,
            version_id,
            &row.reply_to,
            &row.person_id,
            &row.author,
            &row.comment,
            row.at,
            revision
        )?;
        self.push(Change::quiet(ChangeKind::Approval).prompt(prompt_id));
        Ok(())
    }
}
