//! `cargo xtask run`: from a fresh clone to a server with prompts in it.
//!
//! The server takes the place of this process (`exec`), so a signal of any kind reaches it directly, its exit
//! status is ours, and no server is left behind. What comes after the start (waiting, demo, the printed lines)
//! is done by a child, which gives up when its parent, the server, is gone.

use crate::{console, server, ui, workspace};
use anyhow::{Context, Result, bail, ensure};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::{CommandExt, parent_id};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

pub(crate) const FOLLOW_UP: &str = "run-follow-up";
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
const READY_TIMEOUT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

pub(crate) fn run(serve_args: &[String]) -> Result<ExitCode> {
    let root = workspace::root()?;
    let listen = listen_address(serve_args);
    let address = resolve(&listen)?;
    // Before the build, so that nobody waits for nothing; and after it, because a build takes its time.
    ensure_free(address)?;
    // First: the server is built with it inside.
    ui::try_build(&root);
    let built = workspace::cargo(&root)
        .args(["build", "--profile", "fast", "--package", "promptory", "--bin", "promptory"])
        .status()
        .context("cannot run cargo build")?;
    ensure!(built.success(), "the build failed");
    ensure_free(address)?;

    let data = root.join("data");
    std::fs::create_dir_all(&data).context("cannot create ./data")?;
    let key = development_key(&data.join("dev.key"))?;
    let program = workspace::target_dir(&root)?.join("fast").join("promptory");
    let own_id = std::process::id();
    Command::new(std::env::current_exe()?)
        .arg(FOLLOW_UP)
        .args([own_id.to_string(), reachable(address).to_string()])
        .arg(&program)
        .env("PROMPTORY_KEY", &key)
        .stdin(Stdio::null())
        .spawn()
        .context("cannot start the helper that loads the demo")?;
    let error = Command::new(&program)
        .args(["serve", "--demo"])
        .args(serve_args)
        .current_dir(&root)
        .env("PROMPTORY_ADMIN_KEY", &key)
        .env("PROMPTORY_DATA_DIR", "./data")
        .env("PROMPTORY_LISTEN", &listen)
        .exec();
    bail!("cannot start {}: {error}", program.display())
}

/// Runs as the child of the server. Arguments: process id of the server, address, program.
pub(crate) fn follow_up(args: &[String]) -> Result<ExitCode> {
    let [server_id, address, program] = args else { bail!("{FOLLOW_UP} is started by `cargo xtask run`") };
    let server_id: u32 = server_id.parse()?;
    let address: SocketAddr = address.parse()?;
    let waited = console::Stopwatch::start();
    while !server::is_ready(address) {
        ensure!(
            parent_id() == server_id,
            "the server ended before it was ready; its last lines above say why. If the data in ./data is from \
             an incompatible build, move the folder away and start again"
        );
        ensure!(waited.elapsed() < READY_TIMEOUT, "the server is not ready after {READY_TIMEOUT:?}");
        console::pause(POLL);
    }
    ensure!(parent_id() == server_id, "another server answers on {address}; stop it and start again");
    let root = workspace::root()?;
    let url = format!("http://{address}");
    let demo = Command::new(program)
        .arg("demo")
        .current_dir(&root)
        .env("PROMPTORY_URL", &url)
        .stdin(Stdio::null())
        .status()
        .context("cannot run `promptory demo`")?;
    if !demo.success() {
        console::complain("xtask: the demo project could not be loaded (see above); the server runs on");
    }
    let key = std::env::var("PROMPTORY_KEY").unwrap_or_default();
    console::say(&banner(&url, &key, &root, &page(program, &url)));
    Ok(ExitCode::SUCCESS)
}

/// Where a person begins: the page that makes the first account, until there is one.
fn page(program: &str, url: &str) -> String {
    let asked =
        Command::new(program).args(["user", "setup"]).env("PROMPTORY_URL", url).stdin(Stdio::null()).output();
    let said = asked.ok().filter(|asked| asked.status.success());
    let line = said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned());
    line.unwrap_or_else(|| url.to_owned())
}

fn banner(url: &str, key: &str, root: &Path, page: &str) -> String {
    let at_root = std::env::current_dir().is_ok_and(|current| current == root);
    let file =
        if at_root { "data/dev.key".to_owned() } else { root.join("data/dev.key").display().to_string() };
    let target = format!("{url}/api/v1/prompts/support%2Freply/active?environment=production");
    format!(
        "\nPromptory is ready\n  open     {page}\n  address  {url}\n  key      {key}   (kept in {file})\n  try      \
         curl -s -H \"Authorization: Bearer $(cat {file})\" '{target}'\n  stop     Ctrl-C\n"
    )
}

/// `--listen` after `--` wins over the environment, as it does in the server.
fn listen_address(serve_args: &[String]) -> String {
    let mut args = serve_args.iter();
    while let Some(arg) = args.next() {
        if let Some(value) = arg.strip_prefix("--listen=") {
            return value.to_owned();
        }
        if arg == "--listen"
            && let Some(value) = args.next()
        {
            return value.clone();
        }
    }
    std::env::var("PROMPTORY_LISTEN").unwrap_or_else(|_| DEFAULT_LISTEN.to_owned())
}

fn resolve(listen: &str) -> Result<SocketAddr> {
    let address = listen
        .to_socket_addrs()
        .with_context(|| format!("PROMPTORY_LISTEN={listen} is not `address:port`"))?
        .next()
        .with_context(|| format!("{listen} has no address"))?;
    ensure!(address.port() != 0, "port 0 is for tests; choose a port, so that the printed lines are true");
    Ok(address)
}

/// Another server on this address would answer the readiness check in place of ours.
fn ensure_free(address: SocketAddr) -> Result<()> {
    TcpListener::bind(address).map(drop).with_context(|| {
        format!(
            "cannot listen on {address}: stop what runs there, or choose PROMPTORY_LISTEN=127.0.0.1:<port>"
        )
    })
}

/// A server that listens on every interface is reached over the loopback one.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Kept between runs, so that the printed curl line goes on working.
fn development_key(path: &Path) -> Result<String> {
    if path.exists() {
        let key = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let key = key.trim();
        let digits = key.strip_prefix("pk_").unwrap_or_default();
        let good = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        ensure!(good, "{} holds no key (pk_ and 64 hex digits): delete it", path.display());
        return Ok(key.to_owned());
    }
    let mut bytes = [0_u8; 32];
    std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes))?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let key = format!("pk_{digits}");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot create {}", path.display()))?;
    writeln!(file, "{key}")?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn the_development_key_is_made_once_and_private() {
        let folder = std::env::temp_dir().join(format!("promptory-xtask-key-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("dev.key");
        let key = development_key(&path).unwrap();
        assert_eq!(key.len(), 3 + 64);
        assert_eq!(development_key(&path).unwrap(), key);
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        std::fs::write(&path, "pk_short").unwrap();
        assert!(development_key(&path).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_listen_argument_wins_and_every_interface_is_reached_over_loopback() {
        let args = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(listen_address(&args("--x --listen 0.0.0.0:9")), "0.0.0.0:9");
        assert_eq!(listen_address(&args("--listen=[::]:9")), "[::]:9");
        assert_eq!(reachable(resolve("0.0.0.0:9").unwrap()).to_string(), "127.0.0.1:9");
        assert_eq!(reachable(resolve("[::]:9").unwrap()).to_string(), "[::1]:9");
        assert!(resolve("127.0.0.1:0").is_err());
        assert!(resolve("nothing").is_err());
    }

    #[test]
    fn the_banner_quotes_the_address_for_a_shell() {
        let text = banner(
            "http://127.0.0.1:8080",
            "pk_x",
            Path::new("/elsewhere"),
            "http://127.0.0.1:8080/welcome#token=1",
        );
        assert!(text.contains(
            "curl -s -H \"Authorization: Bearer $(cat /elsewhere/data/dev.key)\" \
             'http://127.0.0.1:8080/api/v1/prompts/support%2Freply/active?environment=production'"
        ));
    }
}
