//! What the stream tells its clients: what changed, never the contents.

use std::sync::Arc;

use promptory_api::serving::StreamChange;

/// One message to streams.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Change {
        revision: i64,
        /// None: it concerns every environment.
        environment: Option<Arc<str>>,
        change: Box<StreamChange>,
        /// The last of its revision: a client that has it has all of that revision.
        last: bool,
    },
    /// Everything was loaded anew: what a client has may be of another database.
    Reset,
}
