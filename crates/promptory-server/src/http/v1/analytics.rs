pub mod compare;
pub mod errors;
pub mod geography;
pub mod series;
pub mod summary;
pub mod verify;
