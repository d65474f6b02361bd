//! Recorders: whoever stores executions holds one, and numbers its rows by it. What the holder did not fold into cells
//! before it died, another folds later, under the same number.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{Result, Store, conn::Conn};

statements! {
    FREE_RECORDER = "SELECT number, fence, folded_up_to FROM recorder WHERE free ORDER BY number LIMIT 1";
    CLAIM_RECORDER = "UPDATE recorder SET free = FALSE, fence = fence + 1, beats = beats + 1 \
        WHERE number = $1 AND fence = $2";
    /// As it was when it was looked at: whoever moved since lives, and may have folded more.
    TAKE_RECORDER = "UPDATE recorder SET free = FALSE, fence = fence + 1, beats = beats + 1 \
        WHERE number = $1 AND fence = $2 AND beats = $3";
    NEW_RECORDER = "INSERT INTO recorder (number, fence, free, beats, folded_up_to, folded_at) \
        SELECT COALESCE(MAX(number), 0) + 1, 1, FALSE, 1, (COALESCE(MAX(number), 0) + 1) * 1099511627776, \
        CAST($1 AS BIGINT) FROM recorder WHERE TRUE ON CONFLICT (number) DO NOTHING RETURNING number, fence, folded_up_to";
    HOLDS_RECORDER = "UPDATE recorder SET beats = beats + 1 WHERE number = $1 AND fence = $2 AND beats >= $3 \
        RETURNING beats";
    FOLDED = "UPDATE recorder SET folded_up_to = $4, folded_at = $5, beats = beats + 1 \
        WHERE number = $1 AND fence = $2 AND beats >= $3 RETURNING beats";
    RELEASE_RECORDER = "UPDATE recorder SET free = TRUE WHERE number = $1 AND fence = $2";
    RECORDERS = "SELECT number, fence, free, beats, folded_up_to, folded_at FROM recorder ORDER BY number";
}

/// Rows of one recorder; the number of a row is that of its recorder times this, and a sequence.
pub const ROWS_PER_RECORDER: i64 = 1 << 40;

/// Proof of holding a number: void once somebody else has taken it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Recorder {
    pub number: i64,
    pub fence: i64,
}

impl Recorder {
    /// Of its rows, the last one that there can be.
    pub const fn last_row(self) -> i64 {
        (self.number + 1) * ROWS_PER_RECORDER - 1
    }
}

/// Held in a transaction; its row has moved so often when that is committed.
#[must_use]
pub(crate) struct Held {
    recorder: Recorder,
    beats: i64,
}

/// How often the rows of recorders moved, as far as this program was told. A row that moved less often is that of an
/// older copy of the database: what is numbered there and what is counted here do not belong together.
#[derive(Debug, Default, Clone)]
pub(crate) struct Beats(Arc<Mutex<HashMap<Recorder, i64>>>);

impl Beats {
    fn known(&self) -> MutexGuard<'_, HashMap<Recorder, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, recorder: Recorder) -> i64 {
        self.known().get(&recorder).copied().unwrap_or(0)
    }

    /// To be called when the transaction is committed, and not before.
    pub(crate) fn keep(&self, held: Held) {
        self.known().insert(held.recorder, held.beats);
    }

    fn begin(&self, recorder: Recorder) -> Recorder {
        self.known().remove(&recorder);
        recorder
    }
}

row! {
    pub struct RecorderRow {
        pub number: i64,
        pub fence: i64,
        pub free: bool,
        pub beats: i64,
        pub folded_up_to: i64,
        pub folded_at: i64,
    }
}

row! {
    pub struct FreeRow {
        pub number: i64,
        pub fence: i64,
        pub folded_up_to: i64,
    }
}

impl Store {
    /// Takes a free recorder, or a new one; with the number of the last row that it gave.
    pub async fn claim_recorder(&self, now: i64) -> Result<(Recorder, i64)> {
        loop {
            let mut tx = self.write_tx().await?;
            if let Some(free) = fetch_optional!(tx.conn(), FreeRow, FREE_RECORDER)? {
                let claimed = execute!(tx.conn(), CLAIM_RECORDER, free.number, free.fence)?;
                tx.commit().await?;
                if claimed == 1 {
                    let recorder = Recorder { number: free.number, fence: free.fence + 1 };
                    return Ok((self.beats.begin(recorder), free.folded_up_to));
                }
                continue;
            }
            let made = fetch_optional!(tx.conn(), FreeRow, NEW_RECORDER, now)?;
            tx.commit().await?;
            // None: another server made this number meanwhile.
            if let Some(made) = made {
                let recorder = Recorder { number: made.number, fence: made.fence };
                return Ok((self.beats.begin(recorder), made.folded_up_to));
            }
        }
    }

    /// Takes a recorder from a holder that is dead. None: somebody else was quicker, or it lives.
    pub async fn take_recorder(&self, row: &RecorderRow) -> Result<Option<Recorder>> {
        let mut tx = self.write_tx().await?;
        let taken = execute!(tx.conn(), TAKE_RECORDER, row.number, row.fence, row.beats)?;
        tx.commit().await?;
        let recorder = Recorder { number: row.number, fence: row.fence + 1 };
        Ok((taken == 1).then(|| self.beats.begin(recorder)))
    }

    /// Says that its holder lives. False: it is another's now.
    pub async fn beat(&self, recorder: Recorder) -> Result<bool> {
        let mut tx = self.write_tx().await?;
        let Some(held) = self.holds(tx.conn(), recorder).await? else { return Ok(false) };
        tx.commit().await?;
        self.beats.keep(held);
        Ok(true)
    }

    /// Gives a recorder back, everything of which is folded.
    pub async fn release_recorder(&self, recorder: Recorder) -> Result<()> {
        let mut tx = self.write_tx().await?;
        execute!(tx.conn(), RELEASE_RECORDER, recorder.number, recorder.fence)?;
        tx.commit().await
    }

    pub async fn recorders(&self) -> Result<Vec<RecorderRow>> {
        let mut pooled = self.pooled().await?;
        fetch_all!(pooled.conn(), RecorderRow, RECORDERS)
    }

    /// None: it is another's now, or the database is an older copy. Locks its row, so that nobody takes it before the end
    /// of the transaction.
    pub(crate) async fn holds(&self, conn: Conn<'_>, recorder: Recorder) -> Result<Option<Held>> {
        let (number, fence, least) = (recorder.number, recorder.fence, self.beats.of(recorder));
        let beats: Option<(i64,)> = fetch_optional!(conn, (i64,), HOLDS_RECORDER, number, fence, least)?;
        Ok(beats.map(|(beats,)| Held { recorder, beats }))
    }

    /// Says up to which row its cells are. None: as for [`Store::holds`].
    pub(crate) async fn folded(
        &self,
        conn: Conn<'_>,
        recorder: Recorder,
        (up_to, at): (i64, i64),
    ) -> Result<Option<Held>> {
        let (number, fence, least) = (recorder.number, recorder.fence, self.beats.of(recorder));
        let beats: Option<(i64,)> = fetch_optional!(conn, (i64,), FOLDED, number, fence, least, up_to, at)?;
        Ok(beats.map(|(beats,)| Held { recorder, beats }))
    }
}
