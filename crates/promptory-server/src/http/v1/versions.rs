pub mod archive;
pub mod correct;
pub mod create;
pub mod deprecate;
pub mod list;
pub mod render;
pub mod restore;
pub mod show;
