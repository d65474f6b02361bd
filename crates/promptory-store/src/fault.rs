//! Dying in the middle of a change, on purpose. Tests start the real program with `PROMPTORY_TEST_DIE_AT=n`: it ends
//! at the n-th place where a change may be interrupted, without a destructor, a flush or a last word to the database.
//! A build without debug assertions has nothing of it.

/// A place between two steps of a change.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub(crate) fn point(_place: &'static str) {}

#[cfg(debug_assertions)]
pub(crate) fn point(place: &'static str) {
    use std::{
        io::Write,
        sync::{
            LazyLock,
            atomic::{AtomicI64, Ordering},
        },
    };

    static LEFT: LazyLock<AtomicI64> = LazyLock::new(|| {
        let wanted = std::env::var("PROMPTORY_TEST_DIE_AT").ok().and_then(|text| text.parse().ok());
        AtomicI64::new(wanted.unwrap_or(i64::MAX))
    });
    if LEFT.fetch_sub(1, Ordering::SeqCst) == 1 {
        // Not through the log, which may be behind.
        let _ = writeln!(std::io::stderr(), "died at: {place}");
        std::process::abort();
    }
}
