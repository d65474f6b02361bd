//! The programs of the PostgreSQL that the tests run on.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::process::test_server;

/// Where the server's own program lies, so do the others; whatever is first in `PATH` may be of another release.
fn programs() -> PathBuf {
    let shown = Command::new("psql").args([&test_server(), "-Atc", "SHOW data_directory"]).output();
    let shown = String::from_utf8(shown.expect("psql runs").stdout).expect("text");
    let options = Path::new(shown.trim()).join("postmaster.opts");
    let started = std::fs::read_to_string(&options).expect("how the server was started");
    let server = PathBuf::from(started.split(' ').next().expect("a program"));
    server.parent().expect("a folder").to_path_buf()
}

pub fn tool(name: &str) -> Command {
    Command::new(programs().join(name))
}
