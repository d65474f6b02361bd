//! One file per group of commands.

pub(crate) mod activate;
pub(crate) mod audit;
pub(crate) mod compare;
pub(crate) mod demo;
pub(crate) mod deployments;
pub(crate) mod draft;
pub(crate) mod environment;
pub(crate) mod key;
pub(crate) mod patch;
pub(crate) mod project;
pub(crate) mod prompt;
pub(crate) mod prompt_show;
pub(crate) mod render;
pub(crate) mod resolve;
pub(crate) mod serving;
pub(crate) mod version;
pub(crate) mod version_show;
pub(crate) mod whoami;
