//! Taking executions away: by age, and by whom they were for.

use super::for_day;
use crate::{Result, Store};

statements! {
    /// In pieces, so that nobody waits long for the writer.
    DELETE_SOME = "DELETE FROM execution_{day} WHERE n IN (SELECT n FROM execution_{day} WHERE project = $1 LIMIT $2)";
    DELETE_SOME_SCORES = "DELETE FROM score_{day} WHERE n IN (SELECT n FROM score_{day} WHERE project = $1 LIMIT $2)";
    ERASE_SOME = "UPDATE execution_{day} SET unit_key = NULL, session = NULL, variables = NULL, input = NULL, \
        output = NULL, metadata = NULL, tags = NULL, error_message = NULL, flags = flags + $3 \
        WHERE n IN (SELECT n FROM execution_{day} WHERE project = $1 AND unit_key = $2 LIMIT $4)";
    /// The score itself stays in the figures.
    ERASE_SCORES = "UPDATE score_{day} SET comment = NULL, target_id = '', source = NULL \
        WHERE project = $1 AND target_hash = $2";
    UNPRICED = "SELECT n, model_sent, provider_sent, provider, model, input_tokens, output_tokens, cached_tokens, \
        cache_write_tokens, reasoning_tokens, started_at, flags FROM execution_{day} WHERE project = $1 AND n > $2 \
        AND n <= $3 AND cost IS NULL AND started_at >= $4 AND started_at < $5 ORDER BY n LIMIT $6";
    SET_COST = "UPDATE execution_{day} SET cost = $2, provider = $3, model = $4 WHERE n = $1 AND cost IS NULL";
}

impl Store {
    /// Deletes some executions and scores of a project that were received on a day; how many.
    pub async fn delete_executions(&self, project: i64, day: i64, limit: i64) -> Result<u64> {
        let mut tx = self.write_tx().await?;
        let text = for_day(DELETE_SOME, day);
        let mut gone = execute!(tx.conn(), text, project, limit)?;
        let text = for_day(DELETE_SOME_SCORES, day);
        gone += execute!(tx.conn(), text, project, limit)?;
        tx.commit().await?;
        Ok(gone)
    }

    /// Takes what could name a person from some executions of a user; how many. They stay in the figures.
    pub async fn erase_executions(
        &self,
        (project, key): (i64, &str),
        flag: i64,
        day: i64,
        limit: i64,
    ) -> Result<u64> {
        let mut tx = self.write_tx().await?;
        let text = for_day(ERASE_SOME, day);
        let erased = execute!(tx.conn(), text, project, key, flag, limit)?;
        tx.commit().await?;
        Ok(erased)
    }

    /// Takes what was written beside scores of a user; how many.
    pub async fn erase_scores(&self, project: i64, target_hash: &[u8], day: i64) -> Result<u64> {
        let mut tx = self.write_tx().await?;
        let text = for_day(ERASE_SCORES, day);
        let erased = execute!(tx.conn(), text, project, target_hash)?;
        tx.commit().await?;
        Ok(erased)
    }
}
