//! Who does what only one server may do. No clock is compared: who wants to take over has to have seen that the holder
//! did not renew for a while.

use crate::{Result, Store, write::WriteTx};

statements! {
    LEASE = "SELECT holder, renewals, fence FROM lease WHERE name = $1";
    FIRST_LEASE = "INSERT INTO lease (name, holder, renewals, fence) VALUES ($1, $2, 1, 1) ON CONFLICT (name) DO NOTHING";
    TAKE_LEASE = "UPDATE lease SET holder = $2, renewals = renewals + 1, fence = fence + 1 \
        WHERE name = $1 AND holder = $3 AND renewals = $4";
    RENEW_LEASE = "UPDATE lease SET renewals = renewals + 1 WHERE name = $1 AND holder = $2 AND fence = $3";
    GIVE_BACK_LEASE = "UPDATE lease SET holder = '', renewals = renewals + 1 WHERE name = $1 AND holder = $2 AND fence = $3";
    /// Writes what is there already: whoever takes over meanwhile waits for the end of this change.
    HOLD_LEASE = "UPDATE lease SET holder = $2 WHERE name = $1 AND holder = $2 AND fence = $3";
}

row! {
    pub struct LeaseRow {
        /// Empty: it was given back.
        pub holder: String,
        pub renewals: i64,
        pub fence: i64,
    }
}

impl Store {
    /// # Errors
    /// The database cannot be read.
    pub async fn lease(&self, name: &str) -> Result<Option<LeaseRow>> {
        let mut pooled = self.pooled().await?;
        fetch_optional!(pooled.conn(), LeaseRow, LEASE, name)
    }

    /// Takes a lease from the state in which it was seen; none: nobody ever had it. Answers the new fence, or none when
    /// somebody else was quicker.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn take_lease(&self, name: &str, holder: &str, seen: Option<&LeaseRow>) -> Result<Option<i64>> {
        let mut tx = self.write_tx().await?;
        let (taken, fence) = match seen {
            None => (execute!(tx.conn(), FIRST_LEASE, name, holder)?, 1),
            Some(seen) => {
                let taken = execute!(tx.conn(), TAKE_LEASE, name, holder, &seen.holder, seen.renewals)?;
                (taken, seen.fence + 1)
            }
        };
        tx.commit().await?;
        Ok((taken == 1).then_some(fence))
    }

    /// False: somebody else has it.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn renew_lease(&self, name: &str, holder: &str, fence: i64) -> Result<bool> {
        let mut tx = self.write_tx().await?;
        let renewed = execute!(tx.conn(), RENEW_LEASE, name, holder, fence)?;
        tx.commit().await?;
        Ok(renewed == 1)
    }

    /// The next one need not wait.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn give_back_lease(&self, name: &str, holder: &str, fence: i64) -> Result<()> {
        let mut tx = self.write_tx().await?;
        execute!(tx.conn(), GIVE_BACK_LEASE, name, holder, fence)?;
        tx.commit().await
    }
}

impl WriteTx {
    /// Whether the lease is still held by this holder with this fence; nobody takes it before this change ends.
    pub async fn holds_lease(&mut self, name: &str, holder: &str, fence: i64) -> Result<bool> {
        Ok(execute!(self.parts().0, HOLD_LEASE, name, holder, fence)? == 1)
    }
}
