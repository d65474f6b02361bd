//! Where people are signed in. A session is looked up at each request, so its end holds at once and everywhere.

use crate::{Result, Store, read::Reader, write::WriteTx};

statements! {
    INSERT_SESSION = "INSERT INTO session (hash, person_id, created_at, last_seen, expires_at, address) \
        VALUES ($1, $2, $3, $3, $4, $5)";
    SESSION = "SELECT s.hash, s.person_id, p.email, p.name, p.instance_admin, s.created_at, s.last_seen, s.expires_at \
        FROM session s JOIN person p ON p.id = s.person_id WHERE s.hash = $1 AND s.expires_at > $2";
    TOUCH_SESSION = "UPDATE session SET last_seen = $2, expires_at = $3 WHERE hash = $1 AND last_seen < $2";
    SEEN = "UPDATE person SET last_seen = $2 WHERE id = $1 AND (last_seen IS NULL OR last_seen < $2)";
    END_SESSION = "DELETE FROM session WHERE hash = $1";
    END_SESSIONS = "DELETE FROM session WHERE person_id = $1 AND hash <> $2";
    COUNT_SESSIONS = "SELECT COUNT(*) AS n FROM session WHERE expires_at > $1";
    SWEEP_SESSIONS = "DELETE FROM session WHERE expires_at <= $1";
}

row! {
    /// A session that has not expired, with whose it is.
    pub struct SessionRow {
        pub hash: String,
        pub person_id: String,
        pub email: String,
        pub name: String,
        pub instance_admin: bool,
        pub created_at: i64,
        pub last_seen: i64,
        pub expires_at: i64,
    }
}

/// `hash`: SHA-256 of the secret, hex. The secret itself is never stored.
#[derive(Debug, Clone)]
pub struct NewSession {
    pub hash: String,
    pub person_id: String,
    pub expires_at: i64,
    pub address: String,
}

impl Reader {
    pub async fn session(&mut self, hash: &str, now: i64) -> Result<Option<SessionRow>> {
        fetch_optional!(self.conn(), SessionRow, SESSION, hash, now)
    }

    pub async fn count_sessions(&mut self, now: i64) -> Result<i64> {
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_SESSIONS, now)?;
        Ok(n)
    }
}

impl Store {
    /// Notes that a session was used, and that it lasts longer for it.
    pub async fn touch_session(&self, session: &SessionRow, now: i64, expires_at: i64) -> Result<()> {
        let mut tx = self.write_tx().await?;
        execute!(tx.conn(), TOUCH_SESSION, &session.hash, now, expires_at)?;
        execute!(tx.conn(), SEEN, &session.person_id, now)?;
        tx.commit().await
    }

    /// Forgets sessions that have expired. Answers how many.
    pub async fn sweep_sessions(&self, now: i64) -> Result<u64> {
        let mut tx = self.write_tx().await?;
        let dropped = execute!(tx.conn(), SWEEP_SESSIONS, now)?;
        tx.commit().await?;
        Ok(dropped)
    }
}

impl WriteTx {
    pub async fn insert_session(&mut self, session: &NewSession) -> Result<()> {
        let at = self.at().micros();
        let NewSession { hash, person_id, expires_at, address } = session;
        execute!(self.parts().0, INSERT_SESSION, hash, person_id, at, *expires_at, address)?;
        execute!(self.parts().0, SEEN, person_id, at)?;
        Ok(())
    }

    /// Answers whether there was one.
    pub async fn end_session(&mut self, hash: &str) -> Result<bool> {
        Ok(execute!(self.parts().0, END_SESSION, hash)? == 1)
    }

    /// All sessions of a person, but for the one with the hash `except`. Answers how many.
    pub async fn end_sessions(&mut self, person: &str, except: Option<&str>) -> Result<u64> {
        execute!(self.parts().0, END_SESSIONS, person, except.unwrap_or_default())
    }
}
