//! The data folder: who may read it, what it lies on, whether it has room, who uses it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use promptory_server::{Config, inspect};
use rustix::fs::{statfs, statvfs};

use super::{Findings, Level};

const MIB: u64 = 1024 * 1024;

pub(super) fn data(config: &Config, found: &mut Findings) {
    let Some(file) = inspect::sqlite_file(config) else { return };
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    open_to_others(&folder, &file, found);
    let there = folder.ancestors().find(|place| place.exists()).unwrap_or(Path::new("/")).to_owned();
    network(&there, found);
    room(&there, found);
    used(&file, found);
}

fn open_to_others(folder: &Path, file: &Path, found: &mut Findings) {
    let mode = |path: &Path| std::fs::metadata(path).ok().map(|metadata| metadata.mode() & 0o777);
    let shown = folder.display();
    match mode(folder) {
        None => found.add(Level::Ok, "data", format!("{shown} is not there yet; the server makes it")),
        Some(mode) if mode & 0o002 != 0 => found.add(
            Level::Fail,
            "data",
            format!(
                "everybody may change {shown} ({mode:o}), and so replace the database: chmod 700 {shown}"
            ),
        ),
        Some(mode) if mode & 0o005 != 0 => {
            let detail = format!("everybody may look into {shown} ({mode:o}): chmod 700 {shown}");
            found.add(Level::Warn, "data", detail);
        }
        Some(_) => found.add(Level::Ok, "data", format!("{shown} is closed to others")),
    }
    if let Some(mode) = mode(file).filter(|mode| mode & 0o077 != 0) {
        let shown = file.display();
        let detail = format!(
            "{shown} holds prompts and the key of tokens and is open to others ({mode:o}): chmod 600 {shown}"
        );
        found.add(Level::Fail, "data", detail);
    }
}

/// File systems whose locks or shared memory SQLite cannot rely on.
fn network(place: &Path, found: &mut Findings) {
    let Ok(system) = statfs(place) else { return };
    // The magic numbers of statfs(2).
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "32 bits of a number without sign"
    )]
    let name = match system.f_type as u32 {
        0x6969 => "NFS",
        0xff53_4d42 | 0xfe53_4d42 | 0x517b => "SMB",
        0x00c3_6400 => "CephFS",
        0x0bd0_0bd0 => "Lustre",
        0x5346_414f => "AFS",
        0x0102_1997 => "9p",
        _ => return found.add(Level::Ok, "disk", format!("{} is on this machine's disk", place.display())),
    };
    let detail = format!(
        "{} is on {name}, where the locks of SQLite do not hold: take a local disk, or PostgreSQL",
        place.display()
    );
    found.add(Level::Fail, "disk", detail);
}

fn room(place: &Path, found: &mut Findings) {
    let Ok(disk) = statvfs(place) else { return };
    let (free, all) = (disk.f_bavail * disk.f_frsize, disk.f_blocks.max(1) * disk.f_frsize.max(1));
    let (level, detail) = judged(free, all);
    found.add(level, "disk", detail);
}

fn judged(free: u64, all: u64) -> (Level, String) {
    let percent = u128::from(free) * 100 / u128::from(all.max(1));
    let level = if free < 100 * MIB || percent < 1 {
        Level::Fail
    } else if free < 1024 * MIB || percent < 5 {
        Level::Warn
    } else {
        Level::Ok
    };
    let detail = format!("{} MiB are free, {percent} %", free / MIB);
    (
        level,
        if level == Level::Ok { detail } else { format!("only {detail}: without room every change fails") },
    )
}

/// By the system's list of locks, so that none has to be tried.
fn used(file: &Path, found: &mut Findings) {
    let mut lock = file.as_os_str().to_owned();
    lock.push(".lock");
    let (Ok(metadata), Ok(locks)) = (std::fs::metadata(lock), std::fs::read_to_string("/proc/locks")) else {
        return;
    };
    let detail = match holder(&locks, metadata.dev(), metadata.ino()) {
        Some(0) => "a server has the database open; a second one will not start".to_owned(),
        Some(id) => format!("process {id} has the database open; a second server will not start"),
        None => "no server has the database open".to_owned(),
    };
    found.add(Level::Ok, "lock", detail);
}

/// `1: FLOCK  ADVISORY  WRITE 4242 fe:01:1234 0 EOF`
fn holder(locks: &str, device: u64, inode: u64) -> Option<u32> {
    let place = format!("{:02x}:{:02x}:{inode}", rustix::fs::major(device), rustix::fs::minor(device));
    let line = locks.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    line.filter(|words| words.get(1) == Some(&"FLOCK") && words.get(5) == Some(&place.as_str()))
        .find_map(|words| words.get(4)?.parse::<i64>().ok())
        // Of a process that this one cannot see.
        .map(|id| u32::try_from(id).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_on_the_disk() {
        let gib = 1024 * MIB;
        assert_eq!(judged(50 * gib, 100 * gib).0, Level::Ok);
        assert_eq!(judged(4 * gib, 100 * gib).0, Level::Warn);
        assert_eq!(judged(900 * MIB, 2 * gib).0, Level::Warn);
        assert_eq!(judged(99 * MIB, gib).0, Level::Fail);
        assert_eq!(judged(5 * gib, 1000 * gib).0, Level::Fail);
        assert_eq!(judged(0, 0).0, Level::Fail);
    }

    #[test]
    fn who_holds_the_lock() {
        let locks = "1: POSIX  ADVISORY  WRITE 7 fe:01:99 0 EOF\n2: FLOCK  ADVISORY  WRITE 42 fe:01:99 0 EOF\n\
                     2: -> FLOCK  ADVISORY  WRITE 43 fe:01:99 0 EOF\n3: FLOCK  ADVISORY  WRITE -1 00:2a:5 0 EOF\n";
        let device = |major, minor| rustix::fs::makedev(major, minor);
        assert_eq!(holder(locks, device(0xfe, 1), 99), Some(42));
        assert_eq!(holder(locks, device(0, 0x2a), 5), Some(0));
        assert_eq!(holder(locks, device(0xfe, 1), 98), None);
        assert_eq!(holder("", device(0xfe, 1), 99), None);
    }
}
