//! What became of what was recorded.

/// Counts since the recorder was made. At every moment
/// `recorded + recovered = accepted + duplicates + rejected + dropped.total() + queued + spilled`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecorderStats {
    /// False: recording is switched off, and nothing is counted.
    pub enabled: bool,
    /// Executions and scores that were handed over.
    pub recorded: u64,
    /// Found in the folder, left by a program that ended.
    pub recovered: u64,
    /// Executions and scores in requests, each time they were sent.
    pub sent: u64,
    /// Requests that were sent again.
    pub retried: u64,
    /// On the server's disk.
    pub accepted: u64,
    /// The server had them: an answer was lost, or an id was used twice.
    pub duplicates: u64,
    /// The server took the request and refused these.
    pub rejected: u64,
    /// Why, for the first few that differ.
    pub rejections: Vec<String>,
    pub dropped: Dropped,
    /// In memory: waiting, or under way.
    pub queued: u64,
    /// On the disk of this machine, to be sent.
    pub spilled: u64,
    /// Bodies that were left out because the redaction failed.
    pub unredacted: u64,
    /// Why the last request was not answered, or was refused.
    pub problem: Option<String>,
    /// Why the folder is not used.
    pub disk_problem: Option<String>,
}

/// What will never reach the server, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dropped {
    /// There was no room in memory.
    pub queue_full: u64,
    /// Larger than the queue, or than a request may be.
    pub too_large: u64,
    /// The server refused the whole request: a wrong key, one without the scope `record`.
    pub refused: u64,
    /// Recorded after the recorder was closed.
    pub closed: u64,
    /// Not sent, or not answered, when the recorder was closed, and no folder to keep it in.
    pub unsent: u64,
    /// The oldest of the folder, when it was full.
    pub disk_full: u64,
    /// Lines of the folder that cannot be read: torn by a crash.
    pub damaged: u64,
}

impl Dropped {
    pub fn total(&self) -> u64 {
        let Self { queue_full, too_large, refused, closed, unsent, disk_full, damaged } = self;
        queue_full + too_large + refused + closed + unsent + disk_full + damaged
    }
}

/// Reasons that are kept.
const REJECTIONS: usize = 10;

impl RecorderStats {
    pub(crate) fn reject(&mut self, detail: String) {
        self.rejected += 1;
        if self.rejections.len() < REJECTIONS && !self.rejections.contains(&detail) {
            self.rejections.push(detail);
        }
    }
}
