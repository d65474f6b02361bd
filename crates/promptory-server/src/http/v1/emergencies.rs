pub mod list;
pub mod review;
