//! From the start of the process to readiness; memory, idle time and size.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::{
    Size, machine,
    rounds::{median, verdict},
    seed::{self, PROMPTS},
    server::{Program, folder, promptory},
};

const MEBIBYTE: f64 = 1024.0 * 1024.0;

pub fn run(size: Size) -> Result<()> {
    let seeded = seed::seeded()?;
    let starts = size.starts();
    let mut times = Vec::new();
    for _ in 0..starts {
        let server = Program::server(seeded.data.path(), None)?;
        times.push(server.ready_after.as_secs_f64());
        server.stop()?;
    }
    println!("start to /readyz with {PROMPTS} prompts × 3 versions, seconds: {times:.3?}");
    let server = Program::server(seeded.data.path(), None)?;
    let early = machine::resident_bytes(server.pid())?;
    machine::pause(size.settle());
    let settled = machine::resident_bytes(server.pid())?;
    println!("memory: {} when ready, {} after {:?}", mebibytes(early), mebibytes(settled), size.settle());
    let before = machine::cpu(server.pid())?;
    machine::pause(size.idle());
    let idle = machine::cpu(server.pid())?.saturating_sub(before);
    let share = 100.0 * idle.as_secs_f64() / size.idle().as_secs_f64();
    println!("idle for {:?}: {:?} of CPU", size.idle(), idle);
    let bytes = stripped_bytes(&promptory()?)?;
    println!("load average {:.1}\n", machine::load_average());
    let start = median(times);
    verdict("start to /readyz, median", start, " s", start <= 1.0, "≤ 1 s");
    verdict("resident memory", in_mebibytes(settled), " MiB", settled <= 150_000_000, "≤ 150 MB");
    verdict("idle share of a core", share, " %", share <= 0.2, "≤ 0.2 %");
    verdict("program, stripped", in_mebibytes(bytes), " MiB", bytes <= 40_000_000, "≤ 40 MB");
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
fn in_mebibytes(bytes: u64) -> f64 {
    bytes as f64 / MEBIBYTE
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.0} MiB", in_mebibytes(bytes))
}

/// The release profile is smaller still: it also optimises across crates.
fn stripped_bytes(program: &Path) -> Result<u64> {
    let stripped = folder()?.join("promptory-stripped");
    let done = Command::new("strip").arg("-o").arg(&stripped).arg(program).status();
    let measured = if done.is_ok_and(|status| status.success()) { &stripped } else { program };
    Ok(std::fs::metadata(measured)?.len())
}
