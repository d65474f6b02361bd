pub mod list;
pub mod reload;
