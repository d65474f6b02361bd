use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who is signed in, and where they may go.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Nobody can sign in yet: the first account is made with the address that the server prints at its start.
    pub setup: bool,
    /// Null: nobody is signed in.
    pub user: Option<SessionUser>,
    /// Goes into `X-CSRF-Token` of every request that changes something.
    pub csrf: Option<String>,
    /// In order of the name. One of them goes into `X-Project`; without it the first counts, for administrators of the
    /// instance `default`.
    pub projects: Vec<SessionProject>,
    #[schema(example = "0.1.0")]
    pub version: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SessionUser {
    pub id: String,
    #[schema(example = "ada@example.com")]
    pub email: String,
    #[schema(example = "Ada")]
    pub name: String,
    /// May do everything in every project, and make projects.
    pub instance_admin: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SessionProject {
    pub id: String,
    #[schema(example = "default")]
    pub name: String,
    #[schema(example = json!(["editor", "operator"]))]
    pub roles: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[schema(example = "ada@example.com")]
    pub email: String,
    #[schema(example = "correct horse battery")]
    pub password: String,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    pub current: String,
    /// 10 to 256 characters.
    #[schema(example = "correct horse battery")]
    pub new: String,
}

/// The first account: an administrator of the instance.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// From the address that the server prints at its start.
    pub token: String,
    #[schema(example = "ada@example.com")]
    pub email: String,
    #[schema(example = "Ada")]
    pub name: String,
    /// 10 to 256 characters.
    #[schema(example = "correct horse battery")]
    pub password: String,
}

/// Where the first account is made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SetUpAddress {
    #[schema(example = "/welcome#token=5be1…")]
    pub link: String,
    /// The same with the server's address in front; null while `public_url` is not set.
    pub link_url: Option<String>,
}

/// Sets a password with a one-time link.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpendLink {
    /// What stands behind `#link=` in the link.
    pub token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ada")]
    pub name: Option<String>,
    /// 10 to 256 characters.
    #[schema(example = "correct horse battery")]
    pub password: String,
}

/// A person as a member of this project.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct User {
    pub id: String,
    #[schema(example = "ada@example.com")]
    pub email: String,
    #[schema(example = "Ada")]
    pub name: String,
    /// Of `viewer editor approver operator admin`.
    #[schema(example = json!(["editor", "operator"]))]
    pub roles: Vec<String>,
    pub instance_admin: bool,
    /// `active`, or `invited` until a password is set.
    #[schema(example = "active")]
    pub status: String,
    /// Exact to the hour.
    pub last_seen: Option<String>,
    /// Member since.
    pub created_at: String,
    /// Valid keys of this project that the person owns.
    pub keys: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    #[schema(example = "ada@example.com")]
    pub email: String,
    /// For somebody who is new to the instance; absent: what stands before the @.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ada")]
    pub name: Option<String>,
    /// Of `viewer editor approver operator admin`.
    #[schema(example = json!(["editor", "operator"]))]
    pub roles: Vec<String>,
}

/// A member, and the link with which they set their password.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CreatedUser {
    #[serde(flatten)]
    pub user: User,
    /// Valid once, for 72 hours. Null for somebody who has a password, or was given a link in another project.
    #[schema(example = "/welcome#link=pl_6d0f…")]
    pub link: Option<String>,
    /// The same with the server's address in front; null while `public_url` is not set.
    pub link_url: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchUser {
    /// All roles from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(["approver"]))]
    pub roles: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ada")]
    pub name: Option<String>,
}

/// In place of every link that was given before.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UserLink {
    /// Valid once, for 72 hours.
    #[schema(example = "/welcome#link=pl_6d0f…")]
    pub link: String,
    /// The same with the server's address in front; null while `public_url` is not set.
    pub link_url: Option<String>,
    pub expires_at: String,
}

/// Somebody, in short.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UserName {
    pub id: String,
    #[schema(example = "Ada")]
    pub name: String,
}
