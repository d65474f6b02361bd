//! The Rust client of Promptory. It answers from memory, keeps itself up to date, and goes on when the server is gone.
//!
//! ```no_run
//! # async fn example() -> Result<(), promptory_sdk::Error> {
//! use std::time::Duration;
//!
//! use promptory_sdk::Client;
//! use serde_json::json;
//!
//! let client = Client::builder("https://prompts.example.com", "pk_…")
//!     .environment("production")
//!     .ttl(Duration::from_secs(300))
//!     .cache_file("/var/cache/shop/prompts")
//!     .local()
//!     .build()
//!     .await?;
//!
//! let reply = client
//!     .resolve("support/reply")
//!     .key("user-1")
//!     .version("^1.2")
//!     .variables(json!({"customer": "Ada", "question": "Where is my parcel?"}))
//!     .await?;
//! println!("{} {}: {:?}", reply.name(), reply.version(), reply.text());
//!
//! // What a model makes of it is recorded beside; nobody waits for that.
//! let call = client.recorder().started(&reply);
//! client.recorder().record(call.success().key("user-1").tokens(812, 164));
//! client.recorder().close().await;
//! # Ok(())
//! # }
//! ```
//!
//! `docs/client.md` of the repository says what happens in an outage, when keys are revoked and when prompts are archived.

mod ask;
mod build;
mod builder;
mod cache;
mod chance;
mod client;
mod clock;
mod disk;
mod error;
mod follow;
mod http;
mod inner;
mod prompt;
mod recorder;
mod reload;
mod snapshot;

pub use builder::Builder;
pub use client::{Client, Resolve, Stats, Variables};
pub use clock::{Clock, SystemClock, Wait};
pub use error::Error;
pub use prompt::{Include, Prompt, Rendered, RenderedMessage, Source};
pub use promptory_api::execution::{ExecutionStatus, Purpose};
pub use promptory_api::problem::{Problem, ProblemItem};
pub use promptory_core::time::Timestamp;
pub use recorder::{
    Bodies, Dropped, Execution, Recorder, RecorderBuilder, RecorderStats, Score, Started, Subject,
};
pub use snapshot::Snapshot;
