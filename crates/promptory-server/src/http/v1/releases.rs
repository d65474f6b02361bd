pub mod create;
pub mod list;
pub mod roll_back;
pub mod show;
