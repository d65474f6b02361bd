//! How much one comparison may do.

use crate::limits::COMPARE_STEPS;

/// Steps that are left: comparisons of two lines or words. Reading the texts themselves is not counted; it takes
/// time in proportion to their size, which has its own limits.
#[derive(Clone, Debug)]
pub struct Budget {
    left: u64,
    exceeded: bool,
}

impl Budget {
    pub fn new(steps: u64) -> Self {
        Self { left: steps, exceeded: false }
    }

    /// Whether so many steps are left. If not, something coarser is done instead, and remembered.
    pub(super) fn allows(&mut self, steps: u64) -> bool {
        let allowed = steps <= self.left;
        self.exceeded |= !allowed;
        allowed
    }

    pub(super) fn take(&mut self, steps: u64) {
        self.left = self.left.saturating_sub(steps);
    }

    pub(super) fn has(&self, steps: u64) -> bool {
        steps <= self.left
    }

    /// Whether `work` was more than this allows, whatever was done before it.
    pub(super) fn exceeded_in<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let before = std::mem::take(&mut self.exceeded);
        let done = work(self);
        let inside = self.exceeded;
        self.exceeded |= before;
        (done, inside)
    }

    pub(super) fn was_exceeded(&self) -> bool {
        self.exceeded
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(COMPARE_STEPS)
    }
}
