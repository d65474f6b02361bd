//! What people say about a version.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::approval::ApprovalPerson;

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    #[schema(example = "The second paragraph promises a date.")]
    pub comment: String,
    /// Id of a comment on the same version. An answer to an answer belongs to what that one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
}

/// It is never changed or taken away.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Comment {
    pub id: String,
    pub prompt: String,
    pub version: String,
    /// Null: it begins a thread.
    pub reply_to: Option<String>,
    pub by: ApprovalPerson,
    pub comment: String,
    pub at: String,
}
