//! Recorders: whoever stores executions holds one, and numbers its rows by it. What the holder did not fold into cells
//! before it died, another folds later, under the same number.

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
    HOLDS_RECORDER = "UPDATE recorder SET beats = beats + 1 WHERE number = $1 AND fence = $2";
    FOLDED = "UPDATE recorder SET folded_up_to = $3, folded_at = $4, beats = beats + 1 \
        WHERE number = $1 AND fence = $2";
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
                    return Ok((recorder, free.folded_up_to));
                }
                continue;
            }
            let made = fetch_optional!(tx.conn(), FreeRow, NEW_RECORDER, now)?;
            tx.commit().await?;
            // None: another server made this number meanwhile.
            if let Some(made) = made {
                return Ok((Recorder { number: made.number, fence: made.fence }, made.folded_up_to));
            }
        }
    }

    /// Takes a recorder from a holder that is dead. None: somebody else was quicker, or it lives.
    pub async fn take_recorder(&self, row: &RecorderRow) -> Result<Option<Recorder>> {
        let mut tx = self.write_tx().await?;
        let taken = execute!(tx.conn(), TAKE_RECORDER, row.number, row.fence, row.beats)?;
        tx.commit().await?;
        Ok((taken == 1).then_some(Recorder { number: row.number, fence: row.fence + 1 }))
    }

    /// Says that its holder lives. False: it is another's now.
    pub async fn beat(&self, recorder: Recorder) -> Result<bool> {
        let mut tx = self.write_tx().await?;
        let held = holds(tx.conn(), recorder).await?;
        tx.commit().await?;
        Ok(held)
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
}

/// Whether it is still held; locks its row, so that nobody takes it before the end of the transaction.
pub(crate) async fn holds(conn: Conn<'_>, recorder: Recorder) -> Result<bool> {
    Ok(execute!(conn, HOLDS_RECORDER, recorder.number, recorder.fence)? == 1)
}

/// Says up to which row its cells are. False: it is another's now.
pub(crate) async fn folded(conn: Conn<'_>, recorder: Recorder, up_to: i64, at: i64) -> Result<bool> {
    Ok(execute!(conn, FOLDED, recorder.number, recorder.fence, up_to, at)? == 1)
}
