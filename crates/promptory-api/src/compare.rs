//! What differs between two versions, or between a version and an unsaved draft.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::version::{ContractChange, NewVersion};

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CompareQuery {
    /// A reference: a number, a sequence, `latest`, or an environment.
    pub from: String,
    pub to: String,
    /// A saved sample input: both sides are rendered with it.
    pub sample: Option<String>,
}

/// Give `to` or `draft`; with `variables` both sides are rendered and compared as a model sees them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// A reference.
    pub from: String,
    /// A reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// An unsaved version; content, template, variables, settings and metadata are looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<NewVersion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub variables: Option<Map<String, Value>>,
    /// A saved sample input of the prompt; `variables` replace its values of the same names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
    /// Where includes are looked up; absent: their newest versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    pub from: Side,
    pub to: Side,
    pub content: ContentDiff,
    /// The template language, where it differs.
    pub template: Option<Difference>,
    pub variables: Vec<Difference>,
    pub settings: Vec<Difference>,
    /// By JSON pointer.
    pub metadata: Vec<Difference>,
    /// Can `to` stand where callers expect `from`?
    pub forward: Verdict,
    /// And the other way round, as for going back.
    pub backward: Verdict,
    /// What a model sees; there when `variables` were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendered: Option<RenderedDiff>,
    /// Of the last 30 days in the key's environment, or else the production one. Null: there a version of the two has no
    /// executions.
    #[schema(value_type = Option<crate::analytics::ComparedFigures>)]
    pub performance: Option<Value>,
}

/// A version; number and sequence are null for a draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Side {
    pub version: Option<String>,
    pub sequence: Option<i64>,
    pub content_hash: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ContentDiff {
    pub added_lines: usize,
    pub removed_lines: usize,
    /// Of changed lines only the words that changed.
    pub added_chars: usize,
    pub removed_chars: usize,
    /// The texts are so large and different that parts are shown as replaced without looking closer.
    pub coarse: bool,
    /// For `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hunks: Option<Vec<Hunk>>,
    /// For `chat`: every message of both, in the order of `to`; removed ones stand where they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<MessageDiff>>,
}

/// Line numbers count from 1.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Hunk {
    pub from_start: usize,
    pub from_lines: usize,
    pub to_start: usize,
    pub to_lines: usize,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// `context`, `removed` or `added`.
    pub kind: String,
    pub from: Option<usize>,
    pub to: Option<usize>,
    /// Together the line byte for byte, with its line end.
    pub pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Piece {
    pub text: String,
    /// Not in the other text.
    pub changed: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MessageDiff {
    /// `equal`, `changed`, `moved`, `added` or `removed`.
    pub change: String,
    pub from: Option<Slot>,
    pub to: Option<Slot>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hunks: Option<Vec<Hunk>>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Slot {
    /// From 0.
    pub index: usize,
    pub role: Option<String>,
    pub placeholder: Option<String>,
}

/// Without `before` it is new, without `after` it is gone.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub before: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub after: Option<Value>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    /// No change breaks callers.
    pub replaceable: bool,
    /// `major`, `minor` or `patch`.
    pub bump: String,
    pub changes: Vec<ContractChange>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RenderedDiff {
    pub hunks: Vec<Hunk>,
    /// Why one of the two could not be rendered with these variables; there are no hunks then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}
