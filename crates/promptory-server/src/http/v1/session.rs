pub mod address;
pub mod create;
pub mod delete;
pub mod keys;
pub mod link;
pub mod password;
pub mod setup;
pub mod show;
