//! Cells of statistics in the database: each pack belongs to one recorder, which alone writes it.

use promptory_core::analytics::{Cube, Grain, Pack, PackKey};
use sqlx::AssertSqlSafe;

use crate::{
    Dialect, RecorderRow, Result, Store, StoreError,
    conn::{Conn, Tx},
    days::{in_sizes, tuples},
    fault,
    recorder::Recorder,
};

statements! {
    OWN_PACK = "SELECT cells FROM rollup WHERE project = $1 AND cube = $2 AND grain = $3 AND prompt = $4 \
        AND bucket = $5 AND recorder = $6";
    /// Of the project's total, or of one prompt.
    PACKS_OF_PROMPT = "SELECT prompt, bucket, recorder, cells FROM rollup WHERE project = $1 AND cube = $2 \
        AND grain = $3 AND prompt = $4 AND bucket >= $5 AND bucket < $6 ORDER BY bucket";
    PACKS = "SELECT prompt, bucket, recorder, cells FROM rollup WHERE project = $1 AND cube = $2 \
        AND grain = $3 AND bucket >= $4 AND bucket < $5 ORDER BY bucket";
    FOLDED_RECORDERS = "SELECT number, fence, free, beats, folded_up_to, folded_at FROM recorder ORDER BY number";
    SWEEP_PACKS = "DELETE FROM rollup WHERE grain = $1 AND bucket < $2";
    DAYS_OF_PACKS = "SELECT DISTINCT bucket - bucket % 86400000000 AS day FROM rollup WHERE project = $1 \
        AND bucket >= $2 AND bucket < $3 ORDER BY day";
    PROJECTS_OF_PACKS = "SELECT DISTINCT project FROM rollup ORDER BY project";
    DELETE_PACKS = "DELETE FROM rollup WHERE project = $1 AND grain = $2 AND bucket >= $3 AND bucket < $4";
}

/// Packs in one statement: each statement is a trip that every change waits for, and its arguments, of which one may
/// have a quarter of a megabyte, are in memory twice more.
const WRITTEN_AT_ONCE: usize = 32;

row! {
    /// Cells as they are stored.
    pub struct PackRow {
        pub prompt: i64,
        pub bucket: i64,
        pub recorder: i64,
        pub cells: Vec<u8>,
    }
}

/// Which packs are wanted. Buckets from `from` on and before `to`: microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackQuery {
    pub project: i64,
    pub cube: Cube,
    pub grain: Grain,
    /// Empty: of all.
    pub prompts: Vec<i64>,
    pub from: i64,
    pub to: i64,
}

/// What was read in one state of the database.
pub struct Packs {
    /// One answer for each question.
    pub rows: Vec<Vec<PackRow>>,
    /// How far the cells of each recorder go.
    pub recorders: Vec<RecorderRow>,
}

impl Store {
    /// # Errors
    /// The database cannot be read.
    pub async fn packs(&self, queries: &[PackQuery]) -> Result<Packs> {
        let packs = self.packs_within(queries, usize::MAX).await?;
        packs.ok_or_else(|| StoreError::Refused("more cells than memory".to_owned()))
    }

    /// None: there are more bytes of cells than that.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn packs_within(&self, queries: &[PackQuery], bytes: usize) -> Result<Option<Packs>> {
        let mut tx = self.read_tx().await?;
        let recorders = fetch_all!(tx.conn(), RecorderRow, FOLDED_RECORDERS)?;
        let mut room = Room { left: bytes, all: true };
        let mut rows = Vec::with_capacity(queries.len());
        for query in queries {
            rows.push(answer(&mut tx, query, &mut room).await?);
            if !room.all {
                return Ok(None);
            }
        }
        tx.commit().await?;
        Ok(Some(Packs { rows, recorders }))
    }

    /// Those packs of a recorder that are stored already.
    pub async fn own_packs(&self, recorder: i64, keys: &[PackKey]) -> Result<Vec<Option<Pack>>> {
        let mut pooled = self.pooled().await?;
        let mut packs = Vec::with_capacity(keys.len());
        for key in keys {
            let (cube, grain) = (key.cube.number(), key.grain.number());
            let row: Option<(Vec<u8>,)> = fetch_optional!(
                pooled.conn(),
                (Vec<u8>,),
                OWN_PACK,
                key.project,
                cube,
                grain,
                key.prompt,
                key.bucket,
                recorder
            )?;
            packs.push(row.map(|(cells,)| read_pack(&cells)).transpose()?);
        }
        Ok(packs)
    }

    /// Writes packs as they are now and says up to which row they count, all or nothing. False: the recorder is
    /// another's now, and nothing was written.
    pub async fn fold(
        &self,
        recorder: Recorder,
        packs: &[(PackKey, Vec<u8>)],
        up_to: i64,
        at: i64,
    ) -> Result<bool> {
        fault::point("fold");
        let mut tx = self.write_tx().await?;
        let Some(held) = self.folded(tx.conn(), recorder, (up_to, at)).await? else { return Ok(false) };
        write_packs(&mut tx, self.dialect(), recorder.number, packs).await?;
        fault::point("fold-commit");
        tx.commit().await?;
        self.beats.keep(held);
        Ok(true)
    }

    /// Forgets packs of a grain that begin before a time.
    pub async fn sweep_packs(&self, grain: Grain, before: i64) -> Result<u64> {
        let mut tx = self.write_tx().await?;
        let gone = execute!(tx.conn(), SWEEP_PACKS, grain.number(), before)?;
        tx.commit().await?;
        Ok(gone)
    }

    /// Projects that have cells.
    pub async fn projects_of_packs(&self) -> Result<Vec<i64>> {
        let mut pooled = self.pooled().await?;
        let rows: Vec<(i64,)> = fetch_all!(pooled.conn(), (i64,), PROJECTS_OF_PACKS)?;
        Ok(rows.into_iter().map(|(project,)| project).collect())
    }

    /// Begins of the days that have cells of a project, from one on and before a time.
    pub async fn days_of_packs(&self, project: i64, (from, to): (i64, i64)) -> Result<Vec<i64>> {
        let mut pooled = self.pooled().await?;
        let rows: Vec<(i64,)> = fetch_all!(pooled.conn(), (i64,), DAYS_OF_PACKS, project, from, to)?;
        Ok(rows.into_iter().map(|(day,)| day).collect())
    }

    /// Puts these packs in place of all packs of a project, grain and time, whoever wrote them.
    pub async fn replace_packs(
        &self,
        (project, grain): (i64, Grain),
        (from, to): (i64, i64),
        packs: &[(i64, PackKey, Vec<u8>)],
    ) -> Result<()> {
        let mut tx = self.write_tx().await?;
        execute!(tx.conn(), DELETE_PACKS, project, grain.number(), from, to)?;
        for (recorder, key, cells) in packs {
            write_packs(&mut tx, self.dialect(), *recorder, &[(*key, cells.clone())]).await?;
        }
        tx.commit().await
    }
}

pub fn read_pack(cells: &[u8]) -> Result<Pack> {
    Pack::from_bytes(cells).map_err(|what| StoreError::Broken { table: "rollup", id: String::new(), what })
}

/// What may still be read.
struct Room {
    left: usize,
    /// Everything fitted so far.
    all: bool,
}

impl Room {
    fn take(&mut self, row: PackRow, rows: &mut Vec<PackRow>) {
        match self.left.checked_sub(row.cells.len()) {
            Some(left) if self.all => {
                self.left = left;
                rows.push(row);
            }
            _ => self.all = false,
        }
    }
}

async fn answer(tx: &mut Tx, query: &PackQuery, room: &mut Room) -> Result<Vec<PackRow>> {
    let PackQuery { project, from, to, .. } = *query;
    let (cube, grain) = (query.cube.number(), query.grain.number());
    let mut rows = Vec::new();
    if query.prompts.is_empty() {
        let take = |row| room.take(row, &mut rows);
        fetch_each!(tx.conn(), PackRow, PACKS, [project, cube, grain, from, to], take)?;
        return Ok(rows);
    }
    for prompt in query.prompts.iter().copied() {
        let take = |row| room.take(row, &mut rows);
        fetch_each!(tx.conn(), PackRow, PACKS_OF_PROMPT, [project, cube, grain, prompt, from, to], take)?;
    }
    Ok(rows)
}

pub(crate) async fn write_packs(
    tx: &mut Tx,
    dialect: Dialect,
    recorder: i64,
    packs: &[(PackKey, Vec<u8>)],
) -> Result<()> {
    for now in packs.chunks(WRITTEN_AT_ONCE).flat_map(in_sizes) {
        let text = format!(
            "INSERT INTO rollup (project, cube, grain, prompt, bucket, recorder, cells) VALUES {} \
             ON CONFLICT (project, cube, grain, prompt, bucket, recorder) DO UPDATE SET cells = excluded.cells",
            tuples(dialect, now.len(), 7)
        );
        macro_rules! run {
            ($database:ty, $conn:expr) => {{
                let mut query = sqlx::query::<$database>(AssertSqlSafe(text));
                for (key, cells) in now {
                    let (cube, grain) = (key.cube.number(), key.grain.number());
                    query = query.bind(key.project).bind(cube).bind(grain).bind(key.prompt);
                    query = query.bind(key.bucket).bind(recorder).bind(cells.as_slice());
                }
                query.execute(&mut *$conn).await?;
            }};
        }
        match tx.conn() {
            Conn::Sqlite(conn) => run!(sqlx::Sqlite, conn),
            Conn::Postgres(conn) => run!(sqlx::Postgres, conn),
        }
    }
    Ok(())
}
