pub mod approve;
pub mod comment;
pub mod create;
pub mod list;
pub mod reject;
pub mod request_changes;
pub mod show;
pub mod withdraw;
