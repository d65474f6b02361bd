//! Webhooks: who is told of what happens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An address that is told of what happens in the project, one message for each event, in order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Webhook {
    pub id: String,
    pub url: String,
    /// Names of events as in the audit log, fronts of names (`deployment.*`), or `*`.
    pub events: Vec<String>,
    pub enabled: bool,
    /// Why it was switched off by itself. Null: it was not.
    pub stopped_why: Option<String>,
    /// Entries of the audit log that it has not got to yet; not all of them are events that it wants.
    pub behind: i64,
    /// Attempts for the next message that failed.
    pub failed_attempts: i64,
    /// Null: the last attempt went well.
    pub failing_since: Option<String>,
    /// Null: at once.
    pub next_attempt_at: Option<String>,
    pub created_by: String,
    pub created_at: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// An https address of the public network; plain http and private ones only where the server's `webhook_addresses` is
    /// `any`.
    pub url: String,
    /// Absent: all. At most 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
}

/// `secret` is shown here and never again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WebhookSecret {
    /// `whsec_…`, by which messages are signed.
    pub secret: String,
    pub webhook: Webhook,
}

/// Absent fields stay as they are.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
    /// Switched on again it goes on where it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// True: what happened before now is not told any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<bool>,
}

/// One attempt.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    pub id: String,
    pub event: String,
    /// The entry of the audit log. Null: a test.
    pub n: Option<i64>,
    /// 1 for the first.
    pub attempt: i64,
    pub at: String,
    pub took_ms: i64,
    /// Of the answer. Null: there was none.
    pub status: Option<i64>,
    /// Null: it was taken.
    pub error: Option<String>,
}
