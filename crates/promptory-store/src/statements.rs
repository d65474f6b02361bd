/// Every static statement of the store, by name: a test prepares each on both migrated databases.
pub fn all() -> Vec<(&'static str, &'static str)> {
    [
        crate::apply::STATEMENTS,
        crate::audit::STATEMENTS,
        crate::bootstrap::STATEMENTS,
        crate::change::STATEMENTS,
        crate::conn::STATEMENTS,
        crate::deployment::STATEMENTS,
        crate::environment::STATEMENTS,
        crate::feed::STATEMENTS,
        crate::idempotency::STATEMENTS,
        crate::include::STATEMENTS,
        crate::key::STATEMENTS,
        crate::label::STATEMENTS,
        crate::migrate::STATEMENTS,
        crate::node::STATEMENTS,
        crate::project::STATEMENTS,
        crate::prompt::STATEMENTS,
        crate::prompt_write::STATEMENTS,
        crate::sample::STATEMENTS,
        crate::uses::STATEMENTS,
        crate::version::STATEMENTS,
        crate::version_write::STATEMENTS,
        crate::write::STATEMENTS,
    ]
    .concat()
}
