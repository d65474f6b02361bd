//! All SQL of Promptory: one text for SQLite and PostgreSQL.
//!
//! Reads go through [`Reader::project`], so that no tenant query exists without a project. A change of the control
//! plane is a [`WriteTx`]: it takes the project's lock first and can only be finished by [`WriteTx::commit`], which
//! writes the audit entry, the change rows and the new revision in the same commit.

#[macro_use]
mod sql;

mod apply;
mod approval;
mod audit;
mod backup;
mod bootstrap;
mod change;
mod comment;
mod conn;
mod days;
mod db;
mod deployment;
mod emergency;
mod environment;
mod error;
mod export;
pub mod fault;
mod feed;
mod idempotency;
mod include;
mod inspect;
mod key;
mod label;
mod lease;
mod line;
mod migrate;
mod node;
mod person;
mod price;
mod project;
mod prompt;
mod prompt_write;
mod read;
mod recorder;
mod recording;
mod release;
mod rollup;
mod sample;
mod secret;
mod session;
mod statements;
mod uses;
mod version;
mod version_write;
mod way_back;
mod webhook;
mod write;

pub use apply::{Archive, Naming, Placement, Rows, Start, WayBack};
pub use approval::{ApprovalFilter, ApprovalRow, DecisionRow, NewApproval};
pub use audit::{AuditFilter, AuditRow, Chain, NewAudit, chain_hash};
pub use backup::{ProjectStanding, SqliteCopy, Standing};
pub use bootstrap::NewProject;
pub use change::{Change, ChangeKind, StreamRow};
pub use comment::CommentRow;
pub use conn::Dialect;
pub use days::{
    Accepted, AppliedScore, Bare, ExecutionFilter, ExecutionRow, FactRow, NewLine, NewScoreRow, PendingScore,
    Position, ScoreOfRow, ScoreRow, SingleRow, Target, UnpricedRow, Whose, day_of, day_statements, days_from,
};
pub use db::{Listener, Lock, Settings, Store};
pub use deployment::{
    DeploymentEventRow, DeploymentFilter, DeploymentRow, LiveAtRow, LiveRow, OccupantRow, ServedRow,
};
pub use emergency::{EmergencyRow, NewEmergency, Review};
pub use environment::EnvironmentRow;
pub use error::{Result, StoreError};
pub use export::{Export, ExportName, ExportPointer, ExportPrompt, ExportSample};
pub use feed::{
    ChangeRow, Included, IncludedVersion, Loaded, LoadedFormerName, LoadedLabel, LoadedLatest, LoadedLive,
    LoadedRollout, ProjectHead,
};
pub use idempotency::{Answer, IdempotencyKey, KeptAnswer};
pub use include::{BuildIncludeRow, IncludeRow, IncluderRow, LiveWithRow, NewInclude};
pub use inspect::Inspection;
pub use key::{KeyOwner, KeyRow, NewKey};
pub use label::{LabelRow, LabelledRow};
pub use lease::LeaseRow;
pub use line::LineRow;
pub use migrate::MigrationStatus;
pub use node::NodeRow;
pub use person::{MemberRow, MembershipRow, PersonRow};
pub use price::PriceRow;
pub use project::ProjectRow;
pub use prompt::{FormerName, PromptLatest, PromptLive, PromptRow};
pub use prompt_write::{NewPrompt, PromptMetadata};
pub use read::{ProjectReader, Reader};
pub use recorder::{ROWS_PER_RECORDER, Recorder, RecorderRow};
pub use release::{NewRelease, ReleaseFilter, ReleaseRow};
pub use rollup::{PackQuery, PackRow, Packs, read_pack};
pub use sample::SampleRow;
pub use secret::{KeptSecret, SecretPlace, SecretRow};
pub use session::{NewSession, SessionRow};
pub use statements::all as all_statements;
pub use uses::{NewUses, UseRow};
pub use version::{HighestVersion, NumberRow, VersionFacts, VersionRow};
pub use version_write::NewVersion;
pub use way_back::{AppliedRow, PastBuildRow, TakenBackRow, WayBackFilter, WayBackRow};
pub use webhook::{DeliveryRow, Standing as WebhookStanding, WebhookRow};
pub use write::{Committed, WriteTx};
