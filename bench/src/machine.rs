//! What the kernel says about processes and the machine, and the bench's own clock.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
pub fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a bench paces real processes")]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// Processor time of all threads of a process, user and system. Exact, where `/proc/PID/stat` counts in hundredths of
/// a second; threads that ended are not in it, so it is for processes whose threads stay.
pub fn cpu(pid: u32) -> Result<Duration> {
    let mut nanoseconds = 0_u64;
    for task in std::fs::read_dir(format!("/proc/{pid}/task")).context("the process is gone")? {
        // A thread may end between the listing and the reading.
        let Ok(text) = std::fs::read_to_string(task?.path().join("schedstat")) else { continue };
        nanoseconds += text.split(' ').next().and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// The same with threads that ended, in hundredths of a second.
pub fn cpu_with_ended(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may hold anything; `utime` and `stime` are the 12th and 13th field behind it.
    let (_, fields) = stat.rsplit_once(") ").context("no name in /proc/PID/stat")?;
    let ticks = fields.split(' ').skip(11).take(2).flat_map(str::parse::<u64>).sum::<u64>();
    Ok(Duration::from_millis(ticks * 10))
}

/// Of all children that a process has now.
pub fn cpu_of_children(parent: u32) -> Result<Duration> {
    let mut sum = Duration::ZERO;
    for entry in std::fs::read_dir("/proc")? {
        let Ok(pid) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        let Some((_, fields)) = stat.rsplit_once(") ") else { continue };
        if fields.split(' ').nth(1).and_then(|field| field.parse().ok()) == Some(parent) {
            sum += cpu(pid).unwrap_or_default();
        }
    }
    Ok(sum)
}

/// Of a line such as `VmRSS:   1234 kB`, in bytes.
pub fn resident_bytes(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kilobytes = line.split_whitespace().nth(1).context("no number in VmRSS")?;
    Ok(kilobytes.parse::<u64>()? * 1024)
}

/// Load average of the last minute.
pub fn load_average() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|field| field.parse().ok()).unwrap_or(0.0)
}

/// The whole machine since it started.
#[derive(Clone, Copy)]
pub struct Machine {
    busy: f64,
    total: f64,
}

impl Machine {
    /// Hundredths of a second, of all processors.
    pub fn read() -> Result<Self> {
        let text = std::fs::read_to_string("/proc/stat")?;
        let line = text.lines().next().context("/proc/stat is empty")?;
        let fields: Vec<f64> = line.split_whitespace().skip(1).flat_map(str::parse).collect();
        let total = fields.iter().take(8).sum();
        let idle = fields.get(3).unwrap_or(&0.0) + fields.get(4).unwrap_or(&0.0);
        Ok(Self { busy: total - idle, total })
    }

    /// Which share of all processors others used since `self`, when we used `ours`.
    pub fn others(self, ours: Duration) -> Result<f64> {
        let now = Self::read()?;
        let total = (now.total - self.total).max(1.0);
        let busy = now.busy - self.busy - ours.as_secs_f64() * 100.0;
        Ok((busy / total).clamp(0.0, 1.0))
    }
}
