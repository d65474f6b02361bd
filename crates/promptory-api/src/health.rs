use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 200 while prompts can be served; each part on its own.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// `ok` or `starting`: answers come from memory.
    pub serve: String,
    /// `ok` or `failing`: changes reach the database.
    pub write: String,
    /// `ok` or `behind`: changes of other servers arrive.
    pub feed: String,
    pub version: String,
    pub database: String,
    /// What is wrong, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}
