//! Reads outside a change. Tenant queries exist only on [`ProjectReader`].

use promptory_core::id::ProjectId;

use crate::{
    Result, Store,
    conn::{Conn, Pooled},
};

/// A connection for reading; each statement sees the newest state.
pub struct Reader {
    pooled: Pooled,
}

/// Reads of one project.
pub struct ProjectReader<'c> {
    pub(crate) conn: Conn<'c>,
    pub(crate) project: &'c ProjectId,
}

impl Store {
    /// # Errors
    /// No connection came free in time, or the database cannot be reached.
    pub async fn read(&self) -> Result<Reader> {
        Ok(Reader { pooled: self.pooled().await? })
    }
}

impl Reader {
    pub fn project<'c>(&'c mut self, project: &'c ProjectId) -> ProjectReader<'c> {
        ProjectReader { conn: self.pooled.conn(), project }
    }

    pub(crate) fn conn(&mut self) -> Conn<'_> {
        self.pooled.conn()
    }
}

impl ProjectReader<'_> {
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        self.conn.again()
    }
}
