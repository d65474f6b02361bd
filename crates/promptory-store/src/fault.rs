//! Dying in the middle of a change, on purpose. Tests start the real program with `PROMPTORY_TEST_DIE_AT=n`: it ends
//! at the n-th place where a change may be interrupted, without a destructor, a flush or a last word to the database.
//! In a simulation several servers are one process: there one falls alone, at the place that [`fall_at`] names.
//! A build without debug assertions has nothing of it.

#[cfg(debug_assertions)]
thread_local! {
    static FALLS_AT: std::cell::Cell<Option<&'static str>> = const { std::cell::Cell::new(None) };
}

/// The next change of this thread that comes to this place (`commit`, `committed` …) ends there by unwinding. Whoever
/// asks for it throws the server away and opens another one on the same database.
#[cfg(debug_assertions)]
pub fn fall_at(place: &'static str) {
    FALLS_AT.set(Some(place));
}

#[cfg(not(debug_assertions))]
pub fn fall_at(_place: &'static str) {}

/// No change falls from now on. Answers whether one has.
#[cfg(debug_assertions)]
pub fn has_fallen() -> bool {
    FALLS_AT.take().is_none()
}

#[cfg(not(debug_assertions))]
pub fn has_fallen() -> bool {
    false
}

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

    if FALLS_AT.get() == Some(place) {
        FALLS_AT.set(None);
        // No panic that anybody should hear of.
        std::panic::resume_unwind(Box::new("a server falls"));
    }
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
