//! Where it listens, who may call it from pages, what the system allows.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use rustix::process::{Resource, getrlimit};

use super::{Findings, Level};
use crate::settings::Settings;

/// Beside connections: files of the database, logs, the listener.
const OTHER_FILES: u64 = 64;

pub(super) fn listen(settings: &Settings, found: &mut Findings) {
    let listen = settings.text("listen").unwrap_or_default();
    let addresses: Vec<IpAddr> = match listen.to_socket_addrs() {
        Ok(addresses) => addresses.map(|address: SocketAddr| address.ip()).collect(),
        Err(error) => {
            let why = format!("{listen} cannot be listened on: {error}");
            return found.add(Level::Fail, "listen", why);
        }
    };
    let (level, detail) = if addresses.iter().all(IpAddr::is_loopback) {
        (Level::Ok, format!("{listen} is reached from this machine only"))
    } else if addresses.iter().any(IpAddr::is_unspecified) {
        let risk = "is every address of this machine, over plain HTTP: keys can be read on the way unless a proxy with \
                    TLS stands in front and nobody else reaches this port";
        (Level::Warn, format!("{listen} {risk}"))
    } else {
        (Level::Warn, format!("{listen} is reached over plain HTTP: put a proxy with TLS in front"))
    };
    found.add(level, "listen", detail);
}

pub(super) fn origins(settings: &Settings, found: &mut Findings) {
    let origins = settings.list("cors_origins");
    if origins.iter().any(|origin| origin == "*") {
        let risk = "any web page may call the server with a key that it was given; name the pages instead";
        found.add(Level::Warn, "origins", risk);
    } else if let Some(plain) = origins.iter().find(|origin| origin.starts_with("http://")) {
        found.add(
            Level::Warn,
            "origins",
            format!("{plain} is loaded without TLS, so its page can be changed on the way"),
        );
    } else {
        let detail = match origins.len() {
            0 => "no web page of another site may call the server".to_owned(),
            count => format!("{count} named"),
        };
        found.add(Level::Ok, "origins", detail);
    }
}

/// Of this shell: a service may be given other ones.
pub(super) fn descriptors(settings: &Settings, found: &mut Findings) {
    let Some(allowed) = getrlimit(Resource::Nofile).current else {
        return found.add(Level::Ok, "files", "as many as wanted may be open");
    };
    let wanted = u64::from(settings.number("connections"))
        + u64::from(settings.number("database_connections"))
        + OTHER_FILES;
    if allowed < wanted {
        let detail = format!(
            "{allowed} files may be open here, and {} connections need {wanted}: raise the limit (ulimit -n, LimitNOFILE) \
             or lower \"connections\"",
            settings.number("connections")
        );
        found.add(Level::Warn, "files", detail);
    } else {
        found.add(Level::Ok, "files", format!("{allowed} files may be open here, {wanted} are needed"));
    }
}
