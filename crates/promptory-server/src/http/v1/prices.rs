pub mod apply;
pub mod cost;
pub mod create;
pub mod delete;
pub mod import;
pub mod list;
