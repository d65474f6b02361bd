//! 10,000 prompts with three versions each, one live in each environment: made once over HTTP, then kept.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::{
    load::Ask,
    server::{ADMIN, Program, folder},
    wire::{Connection, request},
};

pub const PROMPTS: usize = 10_000;
pub const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];
const WRITERS: usize = 16;
const CONTENT_BYTES: usize = 1024;
/// Memory, where the machine has it: nobody waits for this disk, and the finished file is copied.
const QUICK_DISK: &str = "/dev/shm";

/// A seeded database in a folder of its own, which goes away with it.
pub struct Seeded {
    pub data: tempfile::TempDir,
    /// Stored, with the scope `render`.
    pub key: String,
}

pub fn name(prompt: usize) -> String {
    format!("team-{:02}/prompt-{prompt:05}", prompt % 100)
}

pub fn path(prompt: usize, end: &str) -> String {
    format!("/api/v1/prompts/{}/{end}", name(prompt).replace('/', "%2F"))
}

/// Differs between prompts and versions; three variables.
pub fn content(prompt: usize, version: &str) -> String {
    let mut text = format!(
        "You answer for {{{{ product }}}}. This is text {prompt} for {version}. Be brief, be kind, never guess.\n\
         The customer {{{{ customer }}}} asks: {{{{ question }}}}\n"
    );
    for rule in 1.. {
        let line = format!("Rule {rule}: say what you know, and where \"it\" is written.\n");
        text.push_str(&line[..line.len().min(CONTENT_BYTES - text.len())]);
        if text.len() == CONTENT_BYTES {
            break;
        }
    }
    text
}

pub fn seeded() -> Result<Seeded> {
    let kept = folder()?.join("seeded-1");
    if !kept.join("key").exists() {
        make(&kept)?;
    }
    let data = tempfile::tempdir_in(folder()?)?;
    let file = database(&kept)?;
    let copy = data.path().join(file.file_name().context("no name")?);
    std::fs::copy(&file, &copy)?;
    // Or the server's first sync would wait for all of it.
    std::fs::File::open(copy)?.sync_all()?;
    let key = std::fs::read_to_string(kept.join("key"))?;
    Ok(Seeded { data, key })
}

/// The one file that the server made in its data folder.
fn database(data: &Path) -> Result<PathBuf> {
    for entry in std::fs::read_dir(data)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "db") {
            return Ok(path);
        }
    }
    bail!("there is no database in {}", data.display())
}

fn make(kept: &Path) -> Result<()> {
    println!("seeding {PROMPTS} prompts with {} versions each, once …", ENVIRONMENTS.len());
    let quick = Path::new(QUICK_DISK);
    let data =
        tempfile::tempdir_in(if quick.exists() { quick } else { kept.parent().context("no folder")? })?;
    let server = Program::server(data.path(), None)?;
    let address = server.address;
    let threads: Vec<_> = (0..WRITERS)
        .map(|first| {
            std::thread::spawn(move || {
                let mut connection = Connection::open(address)?;
                (first..PROMPTS).step_by(WRITERS).try_for_each(|prompt| create(&mut connection, prompt))
            })
        })
        .collect();
    for thread in threads {
        thread.join().ok().context("a writer panicked")??;
    }
    let key = stored_key(address, "bench")?.1;
    server.stop()?;
    std::fs::create_dir_all(kept)?;
    let file = database(data.path())?;
    std::fs::copy(&file, kept.join(file.file_name().context("no name")?))?;
    std::fs::write(kept.join("key"), key)?;
    Ok(())
}

fn create(connection: &mut Connection, prompt: usize) -> Result<()> {
    let version =
        |environment: &str| json!({"content": content(prompt, environment), "activate": environment});
    let body = json!({"name": name(prompt), "kind": "text", "version": version(ENVIRONMENTS[0])}).to_string();
    connection.call(&request("POST", "/api/v1/prompts", ADMIN, "", &body))?.expect(201)?;
    for environment in &ENVIRONMENTS[1..] {
        let body = version(environment).to_string();
        connection.call(&request("POST", &path(prompt, "versions"), ADMIN, "", &body))?.expect(201)?;
    }
    Ok(())
}

/// Id and secret of a new key that may only be served.
pub fn stored_key(address: SocketAddr, name: &str) -> Result<(String, String)> {
    let body = json!({"name": name, "scopes": ["render"]}).to_string();
    let mut connection = Connection::open(address)?;
    let answer = connection.call(&request("POST", "/api/v1/keys", ADMIN, "", &body))?.expect(201)?.json()?;
    let text =
        |field: &str| answer[field].as_str().map(str::to_owned).context("the key is not in the answer");
    Ok((text("id")?, text("key")?))
}

/// `active` of every prompt in every environment.
pub fn active_asks(key: &str) -> Arc<Vec<Ask>> {
    let pairs = (0..PROMPTS).flat_map(|prompt| ENVIRONMENTS.map(|environment| (prompt, environment)));
    Arc::new(pairs.map(|(prompt, environment)| active_ask(key, prompt, environment, "")).collect())
}

pub fn active_ask(key: &str, prompt: usize, environment: &str, extra: &str) -> Ask {
    let path = format!("{}?environment={environment}", path(prompt, "active"));
    Ask {
        request: request("GET", &path, key, extra, ""),
        expected: vec![
            format!("{{\"prompt\":\"{}\"", name(prompt)),
            format!("\"environment\":\"{environment}\""),
            format!("This is text {prompt} for "),
        ],
    }
}
