use sqlx::postgres::PgListener;

use crate::{Result, Store, db::Pools};

pub(crate) const CHANNEL: &str = "promptory_change";

/// Wakes up when a project changed. Notifications may be lost; the poll of the feed catches what they missed.
pub struct Listener(PgListener);

impl Listener {
    /// None on SQLite: there is one process, which wakes its own feed.
    ///
    /// # Errors
    /// No connection could be made.
    pub async fn connect(store: &Store) -> Result<Option<Self>> {
        let Pools::Postgres(pool) = &store.pools else { return Ok(None) };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(Self(listener)))
    }

    /// Waits for the next notification. None: the connection was lost and made again, so that something may have
    /// been missed.
    ///
    /// # Errors
    /// The connection is gone and could not be made again.
    pub async fn next(&mut self) -> Result<Option<String>> {
        Ok(self.0.try_recv().await?.map(|notification| notification.payload().to_owned()))
    }
}
