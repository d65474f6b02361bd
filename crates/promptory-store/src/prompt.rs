//! Reads of prompts.

use crate::{Result, read::ProjectReader};

statements! {
    PROMPT_BY_NAME = "SELECT id, name, kind, description, category, owner, tags, metadata, created_by, created_at, \
        updated_at, archived_at, revision FROM prompt WHERE project_id = $1 AND name_folded = $2";
    LIST_PROMPTS = "SELECT id, name, kind, description, category, owner, tags, metadata, created_by, created_at, \
        updated_at, archived_at, revision FROM prompt WHERE project_id = $1 AND name_folded > $2 \
        AND (CAST($3 AS TEXT) IS NULL OR name_folded LIKE $3 ESCAPE '\\' OR description_folded LIKE $3 ESCAPE '\\') \
        AND (CAST($4 AS TEXT) IS NULL OR replace(tags, '[' || $4, '') <> tags \
        OR replace(tags, ',' || $4, '') <> tags) \
        AND (CAST($5 AS TEXT) IS NULL OR category = $5) AND (CAST($6 AS TEXT) IS NULL OR owner = $6) \
        AND (CAST($7 AS BOOLEAN) IS NULL OR (archived_at IS NOT NULL) = $7) \
        ORDER BY name_folded LIMIT $8";
    COUNT_PROMPTS = "SELECT COUNT(*) AS n FROM prompt WHERE project_id = $1 \
        AND (CAST($2 AS TEXT) IS NULL OR name_folded LIKE $2 ESCAPE '\\' OR description_folded LIKE $2 ESCAPE '\\') \
        AND (CAST($3 AS TEXT) IS NULL OR replace(tags, '[' || $3, '') <> tags \
        OR replace(tags, ',' || $3, '') <> tags) \
        AND (CAST($4 AS TEXT) IS NULL OR category = $4) AND (CAST($5 AS TEXT) IS NULL OR owner = $5) \
        AND (CAST($6 AS BOOLEAN) IS NULL OR (archived_at IS NOT NULL) = $6)";
    /// What is live of the prompts of one page, by the order of names.
    PAGE_LIVE = "SELECT p.id AS prompt_id, l.environment, v.major, v.minor, v.patch, v.pre FROM prompt p \
        JOIN live l ON l.prompt_id = p.id AND l.until IS NULL JOIN version v ON v.id = l.version_id \
        WHERE p.project_id = $1 AND p.name_folded >= $2 AND p.name_folded <= $3";
    PAGE_LATEST = "SELECT p.id AS prompt_id, v.sequence, v.created_at, v.major, v.minor, v.patch, v.pre FROM prompt p \
        JOIN version v ON v.prompt_id = p.id AND v.sequence = \
        (SELECT MAX(n.sequence) FROM version n WHERE n.prompt_id = p.id) \
        WHERE p.project_id = $1 AND p.name_folded >= $2 AND p.name_folded <= $3";
}

row! {
    pub struct PromptRow {
        pub id: String,
        pub name: String,
        pub kind: String,
        pub description: String,
        pub category: String,
        pub owner: String,
        pub tags: String,
        pub metadata: String,
        pub created_by: String,
        pub created_at: i64,
        pub updated_at: i64,
        pub archived_at: Option<i64>,
        pub revision: i64,
    }
}

row! {
    pub struct PromptLive {
        pub prompt_id: String,
        pub environment: String,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
    }
}

row! {
    pub struct PromptLatest {
        pub prompt_id: String,
        pub sequence: i64,
        pub created_at: i64,
        pub major: i64,
        pub minor: i64,
        pub patch: i64,
        pub pre: String,
    }
}

#[derive(Debug, Clone, Default)]
pub struct PromptFilter {
    /// In the name or the description, whatever the case.
    pub contains: Option<String>,
    pub tag: Option<String>,
    pub category: Option<String>,
    pub owner: Option<String>,
    pub archived: Option<bool>,
}

impl PromptFilter {
    fn pattern(&self) -> Option<String> {
        self.contains.as_deref().map(|text| format!("%{}%", escape_like(&fold(text))))
    }

    /// Tags are stored as a JSON list of strings: the quoted tag is found behind `[` or `,`, where no quote is an
    /// escaped one. Not with LIKE: SQLite's ignores the case of ASCII letters.
    fn quoted_tag(&self) -> Option<String> {
        self.tag.as_deref().map(|tag| serde_json::Value::from(tag).to_string())
    }
}

/// As the folded name: each character by itself.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

impl ProjectReader<'_> {
    pub async fn prompt(&mut self, name_folded: &str) -> Result<Option<PromptRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), PromptRow, PROMPT_BY_NAME, project.as_str(), name_folded)
    }

    /// In order of the folded name, after `after`.
    pub async fn prompts(
        &mut self,
        filter: &PromptFilter,
        after: &str,
        limit: i64,
    ) -> Result<Vec<PromptRow>> {
        let project = self.project;
        fetch_all!(
            self.conn(),
            PromptRow,
            LIST_PROMPTS,
            project.as_str(),
            after,
            filter.pattern(),
            filter.quoted_tag(),
            &filter.category,
            &filter.owner,
            filter.archived,
            limit
        )
    }

    pub async fn count_prompts(&mut self, filter: &PromptFilter) -> Result<i64> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(
            self.conn(),
            (i64,),
            COUNT_PROMPTS,
            project.as_str(),
            filter.pattern(),
            filter.quoted_tag(),
            &filter.category,
            &filter.owner,
            filter.archived
        )?;
        Ok(n)
    }

    /// What is live for the prompts whose folded names lie between these two, both included.
    pub async fn live_between(&mut self, first: &str, last: &str) -> Result<Vec<PromptLive>> {
        let project = self.project;
        fetch_all!(self.conn(), PromptLive, PAGE_LIVE, project.as_str(), first, last)
    }

    pub async fn latest_between(&mut self, first: &str, last: &str) -> Result<Vec<PromptLatest>> {
        let project = self.project;
        fetch_all!(self.conn(), PromptLatest, PAGE_LATEST, project.as_str(), first, last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_patterns_find_the_text_itself() {
        assert_eq!(escape_like(r"50%_a\b"), r"50\%\_a\\b");
        let filter = PromptFilter { tag: Some("a\"b".into()), ..PromptFilter::default() };
        assert_eq!(filter.quoted_tag().as_deref(), Some(r#""a\"b""#));
    }
}
