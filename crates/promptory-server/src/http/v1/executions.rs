pub mod erase;
pub mod export;
pub mod list;
pub mod record;
pub mod show;
pub mod tail;
