//! Taking executions away: by age, and by whom they were for.

use promptory_core::analytics::PackKey;

use super::{FactRow, for_day, for_days};
use crate::{Result, Store, recorder::Recorder};

statements! {
    /// In pieces, so that nobody waits long for the writer.
    DELETE_SOME = "DELETE FROM execution_{day} WHERE n IN (SELECT n FROM execution_{day} WHERE project = $1 LIMIT $2)";
    DELETE_SOME_SCORES = "DELETE FROM score_{day} WHERE n IN (SELECT n FROM score_{day} WHERE project = $1 LIMIT $2)";
    ERASE_SOME = concat!(
        "UPDATE execution_{day} SET unit_key = NULL, session = NULL, variables = NULL, input = NULL, \
         output = NULL, metadata = NULL, tags = NULL, error_message = NULL, flags = flags + $3 \
         WHERE n IN (SELECT n FROM execution_{day} WHERE ",
        in_blocks!("n", "execution_{day}"),
        "+project = $1 AND unit_key = $2 LIMIT $4)"
    );
    /// The score itself stays in the figures.
    ERASE_SCORES = "UPDATE score_{day} SET comment = NULL, target_id = '', source = NULL \
        WHERE project = $1 AND target_hash = $2";
    ERASE_SCORES_OF = concat!(
        "UPDATE score_{day} SET comment = NULL, source = NULL WHERE (comment IS NOT NULL OR source IS NOT NULL) \
         AND target_hash IN (SELECT id_hash FROM execution_{of} WHERE ",
        in_blocks!("n", "execution_{of}"),
        "unit_key = $2 AND +project = $1)"
    );
    SESSIONS_OF = concat!(
        "SELECT DISTINCT session FROM execution_{day} WHERE ",
        in_blocks!("n", "execution_{day}"),
        "unit_key = $2 AND +project = $1 AND session IS NOT NULL"
    );
    UNPRICED = "SELECT n, id, project, line, started_at, latency, status, purpose, flags, input_tokens, \
        output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost, provider, model, country, \
        error_type, error_shape, chosen_tags, scores, provider_sent, model_sent FROM execution_{day} \
        WHERE +project = $1 AND n > $2 AND cost IS NULL AND started_at >= $3 AND started_at < $4 ORDER BY n LIMIT $5";
    SET_COST = "UPDATE execution_{day} SET cost = $2 WHERE n = $1 AND cost IS NULL";
    IS_EMPTY = "SELECT n FROM execution_{day} LIMIT 1";
    KEPT_FROM = "SELECT day FROM execution_kept WHERE project = $1";
    KEEP_FROM = "INSERT INTO execution_kept (project, day) VALUES ($1, $2) ON CONFLICT (project) DO UPDATE \
        SET day = CASE WHEN excluded.day > execution_kept.day THEN excluded.day ELSE execution_kept.day END";
}

/// An execution without a cost, with the model as it was sent where that differs.
#[derive(Debug, Clone)]
pub struct UnpricedRow {
    pub fact: FactRow,
    pub provider_sent: Option<String>,
    pub model_sent: Option<String>,
}

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for UnpricedRow
where
    FactRow: sqlx::FromRow<'r, R>,
    &'static str: sqlx::ColumnIndex<R>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            fact: FactRow::from_row(row)?,
            provider_sent: row.try_get("provider_sent")?,
            model_sent: row.try_get("model_sent")?,
        })
    }
}

impl Store {
    /// Executions of a day that have no cost, after one, in the order of the table.
    pub async fn unpriced(
        &self,
        project: i64,
        (from, to): (i64, i64),
        (day, after): (i64, i64),
        limit: i64,
    ) -> Result<Vec<UnpricedRow>> {
        let mut pooled = self.pooled().await?;
        let text = for_day(UNPRICED, day);
        fetch_all!(pooled.conn(), UnpricedRow, text, project, after, from, to, limit)
    }

    /// Gives executions their costs and writes the packs that count them, all or nothing. False: the recorder is
    /// another's now, or a cost was set meanwhile; nothing was written.
    pub async fn set_costs(
        &self,
        recorder: Recorder,
        (day, costs): (i64, &[(i64, i64)]),
        packs: &[(PackKey, Vec<u8>)],
        (up_to, at): (i64, i64),
    ) -> Result<bool> {
        let mut tx = self.write_tx().await?;
        let Some(held) = self.folded(tx.conn(), recorder, (up_to, at)).await? else { return Ok(false) };
        for (n, cost) in costs {
            let text = for_day(SET_COST, day);
            if execute!(tx.conn(), text, *n, *cost)? != 1 {
                return Ok(false);
            }
        }
        crate::rollup::write_packs(&mut tx, self.dialect(), recorder.number, packs).await?;
        tx.commit().await?;
        self.beats.keep(held);
        Ok(true)
    }

    /// The first day of receipt of which everything is kept, as far as this project goes.
    pub async fn kept_from(&self, project: i64) -> Result<Option<i64>> {
        let mut pooled = self.pooled().await?;
        let row: Option<(i64,)> = fetch_optional!(pooled.conn(), (i64,), KEPT_FROM, project)?;
        Ok(row.map(|(day,)| day))
    }

    /// Says that what was received before a day goes.
    pub async fn keep_from(&self, project: i64, day: i64) -> Result<()> {
        let mut tx = self.write_tx().await?;
        execute!(tx.conn(), KEEP_FROM, project, day)?;
        tx.commit().await
    }

    pub async fn is_empty_day(&self, day: i64) -> Result<bool> {
        let mut pooled = self.pooled().await?;
        let text = for_day(IS_EMPTY, day);
        let row: Option<(i64,)> = fetch_optional!(pooled.conn(), (i64,), text)?;
        Ok(row.is_none())
    }

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

    /// Takes what was written beside scores of a user or of sessions; how many.
    pub async fn erase_scores(&self, project: i64, target_hashes: &[Vec<u8>], day: i64) -> Result<u64> {
        let mut tx = self.write_tx().await?;
        let mut erased = 0;
        for hash in target_hashes {
            erased += execute!(tx.conn(), for_day(ERASE_SCORES, day), project, hash)?;
        }
        tx.commit().await?;
        Ok(erased)
    }

    /// The same beside scores, stored on a day, of the executions of a user that were received on another; how many.
    pub async fn erase_scores_of(&self, (project, key): (i64, &str), of: i64, day: i64) -> Result<u64> {
        let mut tx = self.write_tx().await?;
        let erased = execute!(tx.conn(), for_days(ERASE_SCORES_OF, day, of), project, key)?;
        tx.commit().await?;
        Ok(erased)
    }

    /// Sessions in which a user was seen on a day.
    pub async fn sessions_of(&self, (project, key): (i64, &str), day: i64) -> Result<Vec<String>> {
        let mut pooled = self.pooled().await?;
        let rows: Vec<(String,)> =
            fetch_all!(pooled.conn(), (String,), for_day(SESSIONS_OF, day), project, key)?;
        Ok(rows.into_iter().map(|(session,)| session).collect())
    }
}
