pub mod resolve_many;
pub mod snapshot;
pub mod stream;
