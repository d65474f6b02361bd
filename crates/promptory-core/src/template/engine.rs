//! The template engine as it is set up here: nothing reachable but variables, strict, bounded.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use super::{guard, meter};
use crate::limits::{RENDER_FUEL, RENDER_RECURSION};

/// Functions that templates may call. `debug` is not among them: it shows what was not asked for.
pub(super) const FUNCTIONS: [&str; 3] = ["range", "dict", "namespace"];

/// Environments hold filters and limits, never templates or variables, so all templates share them. In the one for
/// templates that capture nothing, what is written is the output, and its size is known while it is written.
static PLAIN: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = environment_with_limits();
    environment.set_formatter(meter::write_output);
    environment
});
static CAPTURING: LazyLock<Environment<'static>> = LazyLock::new(environment_with_limits);

pub(super) fn environment(captures: bool) -> &'static Environment<'static> {
    if captures { &CAPTURING } else { &PLAIN }
}

fn environment_with_limits() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_syntax(syntax());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(RENDER_FUEL));
    environment.set_recursion_limit(RENDER_RECURSION);
    // Otherwise each error would carry a copy of the template and of all variables.
    environment.set_debug(false);
    environment.remove_global("debug");
    environment.add_function("range", guard::range);
    environment.set_formatter(meter::write_any);
    guard::register(&mut environment);
    environment
}

pub(super) fn syntax() -> SyntaxConfig {
    // Cannot fail: only wrong delimiters can, and these are the usual ones.
    SyntaxConfig::builder().keep_trailing_newline(true).build().unwrap_or_default()
}

pub(super) fn knows_filter(name: &str) -> bool {
    PLAIN
        .empty_state()
        .apply_filter(name, &[])
        .err()
        .is_none_or(|e| e.kind() != minijinja::ErrorKind::UnknownFilter)
}

pub(super) fn knows_test(name: &str) -> bool {
    PLAIN
        .empty_state()
        .perform_test(name, &[])
        .err()
        .is_none_or(|e| e.kind() != minijinja::ErrorKind::UnknownTest)
}
