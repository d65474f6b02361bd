use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Environment {
    pub name: String,
    /// 1, 2, 3 …: how near to users; the highest is nearest.
    pub position: i64,
    /// The one that users meet. Exactly one environment of a project is.
    pub production: bool,
    pub created_at: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnvironment {
    pub name: String,
    /// Where in the order; later ones move up. Absent: just before the production environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
}
