use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{patch::nullable, people::UserName};

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    pub name: String,
    /// Of `read render write deploy approve record test admin`; `admin` includes the others.
    pub scopes: Vec<String>,
    /// Then the default and the only one allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Whose key it is: id or email of a member. It acts as that person, with no more than their roles, and ends with
    /// their membership. Absent: who asks, if that is a person. Null: nobody.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "ada@example.com")]
    pub user: Option<Option<String>>,
}

/// `key` is shown here and never again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CreatedKey {
    pub id: String,
    pub key: String,
    pub name: String,
    pub prefix: String,
    pub scopes: Vec<String>,
    pub environment: Option<String>,
    pub expires_at: Option<String>,
    /// Whose key it is.
    pub user: Option<UserName>,
    pub created_at: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Key {
    pub id: String,
    pub name: String,
    /// The first characters of the key, to tell keys apart.
    pub prefix: String,
    /// What it may do now: of an owned key, what its owner's roles leave of what it was made with.
    pub scopes: Vec<String>,
    pub environment: Option<String>,
    /// Whose key it is.
    pub user: Option<UserName>,
    pub created_by: String,
    pub created_at: String,
    pub expires_at: Option<String>,
    pub revoked_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WhoAmI {
    pub project: String,
    pub project_id: String,
    /// Null for the administrator's key of the environment, and for a person who has signed in.
    pub key_id: Option<String>,
    /// Who asks, by a session or by a key of their own.
    pub user: Option<UserName>,
    pub name: String,
    pub scopes: Vec<String>,
    pub environment: Option<String>,
    pub expires_at: Option<String>,
    /// May create projects and choose one by `X-Project`.
    pub instance_admin: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// `[a-z0-9][a-z0-9-]{0,62}`.
    pub name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Project {
    pub id: String,
    pub name: String,
    pub created_at: String,
    /// Of the last change.
    pub revision: i64,
}
