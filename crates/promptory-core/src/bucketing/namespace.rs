use serde::{Deserialize, Serialize};

use super::{Bucket, Key, PpmRange};

/// A part of all units that one experiment takes, so that others of the same namespace get none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespace {
    pub id: String,
    pub range: PpmRange,
}

impl Namespace {
    /// Hashed as everything else here. GrowthBook's SDKs take their first hash for this one question; see
    /// [`super::Interop::in_namespace`].
    pub fn contains(&self, key: &Key<'_>) -> bool {
        self.range.contains(Bucket::of_parts(["__", &self.id], key).ppm())
    }
}
