//! The way to PostgreSQL, the schema, the clocks.

use promptory_server::seal::Standing;
use promptory_server::{Config, inspect};

use super::{Findings, Level};
use crate::settings::Settings;

const SKEW_WARN_S: i64 = 2;
const SKEW_FAIL_S: i64 = 60;

pub(super) fn encryption(settings: &Settings, found: &mut Findings) {
    let Some(url) = settings.text("database_url").filter(|url| url.starts_with("postgres")) else { return };
    let (level, detail) = judged(url);
    found.add(level, "database", detail);
}

fn judged(url: &str) -> (Level, String) {
    let Ok(url) = reqwest::Url::parse(url) else {
        return (Level::Fail, "the address of the database cannot be read".to_owned());
    };
    let parameter = |wanted: &str| {
        url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    let host = parameter("host").or_else(|| url.host_str().map(str::to_owned)).unwrap_or_default();
    if host.starts_with('/') || matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]" | "") {
        return (Level::Ok, "PostgreSQL is on this machine".to_owned());
    }
    let mode = parameter("sslmode").or_else(|| parameter("ssl-mode"));
    let better = "use sslmode=verify-full on any network that you do not trust";
    match mode.as_deref() {
        Some("verify-full") => (Level::Ok, format!("{host}: encrypted, certificate and name are checked")),
        Some("verify-ca") => {
            (Level::Warn, format!("{host}: encrypted, but its name is not checked; {better}"))
        }
        Some("require") => (Level::Warn, format!("{host}: encrypted, but nobody checks with whom; {better}")),
        Some("disable") => (Level::Warn, format!("{host}: not encrypted; {better}")),
        _ => (
            Level::Warn,
            format!("{host}: encrypted only if it offers that, and nothing is checked; {better}"),
        ),
    }
}

pub(super) async fn schema_and_clock(config: &Config, found: &mut Findings) {
    let asked = promptory_server::clock::Clock::now(&promptory_server::clock::SystemClock);
    let seen = match inspect::database(config).await {
        Ok(Some(seen)) => seen,
        Ok(None) => return found.add(Level::Ok, "schema", "there is no database yet; the server makes it"),
        Err(why) => {
            let detail = format!("the database cannot be read: {}", crate::text::printable(&why));
            return found.add(Level::Fail, "schema", detail);
        }
    };
    let (level, detail) = schema(&seen);
    found.add(level, "schema", detail);
    if let Some((level, detail)) = sealed(&config.seals.standing(&seen.secrets)) {
        found.add(level, "secrets", detail);
    }
    if let Some((theirs, encrypted)) = seen.server {
        let answered = promptory_server::clock::Clock::now(&promptory_server::clock::SystemClock);
        let (level, detail) = skew(theirs, asked.micros(), answered.micros());
        found.add(level, "clock", detail);
        let detail =
            if encrypted { "this connection is encrypted" } else { "this connection is not encrypted" };
        found.add(Level::Ok, "database", detail);
    }
}

fn schema(seen: &inspect::Inspection) -> (Level, String) {
    let own = env!("CARGO_PKG_VERSION");
    let parts = |text: &str| text.split('.').map(|part| part.parse::<u64>().unwrap_or(0)).collect::<Vec<_>>();
    match &seen.oldest_binary {
        Some(oldest) if parts(oldest) > parts(own) => {
            (Level::Fail, format!("the database needs promptory {oldest} or newer; this is {own}"))
        }
        _ if seen.empty => (Level::Ok, "the database is empty; the server makes the tables".to_owned()),
        _ if !seen.unknown.is_empty() => {
            let detail =
                "a newer program has migrated the database; this one still runs on it, upgrade it soon";
            (Level::Warn, detail.to_owned())
        }
        _ if !seen.missing.is_empty() => {
            let detail = format!(
                "{} migrations are missing; the next start of the server applies them",
                seen.missing.len()
            );
            (Level::Warn, detail)
        }
        _ => (Level::Ok, "the schema is that of this program".to_owned()),
    }
}

/// Secrets that servers share.
fn sealed(standing: &Standing) -> Option<(Level, String)> {
    Some(match standing {
        Standing::Plain(0) | Standing::Sealed(0) => return None,
        Standing::Plain(count) => {
            let detail =
                "lie in the database as they are; with a master key they lie there sealed (master_key_file)";
            (Level::Ok, format!("{count} secrets {detail}"))
        }
        Standing::Sealed(count) => {
            (Level::Ok, format!("{count} secrets in the database are sealed by the master key"))
        }
        Standing::Unsettled(count) => {
            let detail =
                "in the database are stored anew at the next start of the server, as the master key says";
            (Level::Warn, format!("{count} secrets {detail}"))
        }
        Standing::Unopened(why) => {
            let detail = "the server does not start without the one that sealed it (master_key_file, old_master_key_file)";
            (Level::Fail, format!("{why}: {detail}"))
        }
    })
}

/// Between the database's clock and this one, which was read before and after.
fn skew(theirs: i64, before: i64, after: i64) -> (Level, String) {
    let off = if theirs < before { before - theirs } else { (theirs - after).max(0) };
    let seconds = off / 1_000_000;
    let risk = "expiry of keys and times of changes go by this machine's clock; set both by NTP";
    if seconds >= SKEW_FAIL_S {
        (Level::Fail, format!("this clock and the database's differ by {seconds} s: {risk}"))
    } else if seconds >= SKEW_WARN_S {
        (Level::Warn, format!("this clock and the database's differ by {seconds} s: {risk}"))
    } else {
        (Level::Ok, "this clock and the database's agree".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use promptory_server::inspect::Inspection;

    use super::*;

    #[test]
    fn ways_to_postgresql() {
        let level = |url: &str| judged(url).0;
        assert_eq!(level("postgres://u@localhost/d"), Level::Ok);
        assert_eq!(level("postgres://u@127.0.0.1:5433/d"), Level::Ok);
        assert_eq!(level("postgres://u@h/d?host=/run/postgresql"), Level::Ok);
        assert_eq!(level("postgres://u@db.example/d?sslmode=verify-full"), Level::Ok);
        for mode in ["", "?sslmode=require", "?sslmode=prefer", "?sslmode=disable", "?sslmode=verify-ca"] {
            assert_eq!(level(&format!("postgres://u@db.example/d{mode}")), Level::Warn, "{mode}");
        }
    }

    #[test]
    fn schemas() {
        let seen = |missing: &[i64], unknown: &[i64], oldest: Option<&str>| {
            schema(&Inspection {
                missing: missing.to_vec(),
                unknown: unknown.to_vec(),
                empty: oldest.is_none(),
                oldest_binary: oldest.map(str::to_owned),
                server: None,
                secrets: Vec::new(),
            })
            .0
        };
        assert_eq!(seen(&[], &[], Some("0.1.0")), Level::Ok);
        assert_eq!(seen(&[1, 2], &[], None), Level::Ok);
        assert_eq!(seen(&[2], &[], Some("0.1.0")), Level::Warn);
        assert_eq!(seen(&[], &[3], Some("0.1.0")), Level::Warn);
        assert_eq!(seen(&[], &[3], Some("99.0.0")), Level::Fail);
    }

    #[test]
    fn clocks() {
        let s = 1_000_000;
        assert_eq!(skew(100 * s, 100 * s, 101 * s).0, Level::Ok);
        assert_eq!(skew(100 * s + s / 2, 100 * s, 101 * s).0, Level::Ok, "a slow answer is no difference");
        assert_eq!(skew(90 * s, 100 * s, 101 * s).0, Level::Warn);
        assert_eq!(skew(110 * s, 100 * s, 101 * s).0, Level::Warn);
        assert_eq!(skew(300 * s, 100 * s, 101 * s).0, Level::Fail);
    }
}
