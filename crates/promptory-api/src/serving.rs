//! The data path. The server writes these bodies by hand from prebuilt parts; the types here are what clients
//! read them into and what the API document shows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use utoipa::{IntoParams, ToSchema};

use crate::version::{Content, Message, Variable};

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ActiveQuery {
    /// Default: the key's environment, else the production one.
    pub environment: Option<String>,
    /// RFC 3339: what was live then, from the database.
    pub at: Option<String>,
}

/// The live build.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Active {
    pub prompt: String,
    pub kind: String,
    pub version: String,
    pub sequence: i64,
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
    pub includes: Vec<Include>,
    pub template: String,
    #[schema(value_type = Vec<Variable>)]
    pub variables: Box<RawValue>,
    #[schema(value_type = Object)]
    pub settings: Box<RawValue>,
    pub content_hash: String,
    pub build_hash: String,
    pub environment: String,
    /// Of the last change that altered a byte of this answer.
    pub revision: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Include {
    pub name: String,
    pub version: String,
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// Default: the key's environment, else the production one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Who the prompt is for: a stable name of a user, 256 bytes at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What rules may look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Map<String, Value>>,
    /// When given, the answer is rendered too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub variables: Option<Map<String, Value>>,
    /// A reference to a version; absent: what the environment serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Resolved {
    pub prompt: String,
    pub kind: String,
    pub version: String,
    pub sequence: i64,
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
    pub includes: Vec<Include>,
    pub template: String,
    #[schema(value_type = Vec<Variable>)]
    pub variables: Box<RawValue>,
    #[schema(value_type = Object)]
    pub settings: Box<RawValue>,
    pub content_hash: String,
    pub build_hash: String,
    pub environment: String,
    /// `live` or `pinned`.
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    /// Entry revision: of the last change that altered a byte of this answer.
    pub revision: i64,
    /// Opaque: hand it back with an execution so that it is attributed.
    pub resolution: String,
    /// `database` when the pinned version was not in memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<Message>>,
}
