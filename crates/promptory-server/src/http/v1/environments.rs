pub mod at;
pub mod create;
pub mod freeze;
pub mod list;
pub mod show;
pub mod unfreeze;
pub mod update;
