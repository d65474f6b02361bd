//! Real prompts and real histories: each text is created as a version, in order, and comes back byte for byte.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{
    machine,
    server::{ADMIN, Program, folder},
    wire::{Connection, request},
};

/// `prompts`: a folder of `.md` files, a prompt each. `histories`: a folder of `.jsonl` files, a prompt each with
/// `{content}` a line, oldest first.
pub fn run(prompts: Option<&Path>, histories: Option<&Path>, postgres: Option<&str>) -> Result<()> {
    let data = tempfile::tempdir_in(folder()?)?;
    let server = Program::server(data.path(), postgres)?;
    let mut connection = Connection::open(server.address)?;
    let (mut created, mut bytes) = (0_usize, 0_usize);
    let started = machine::now();
    for path in files(prompts, "md")? {
        let text = fs::read_to_string(&path)?;
        replay(&mut connection, &format!("prompts/{}", stem(&path)?), std::slice::from_ref(&text))?;
        created += 1;
        bytes += text.len();
    }
    let prompts = created;
    for path in files(histories, "jsonl")? {
        let texts = fs::read_to_string(&path)?
            .lines()
            .map(|line| {
                let line: Value = serde_json::from_str(line)?;
                Ok(line["content"].as_str().context("a line without content")?.to_owned())
            })
            .collect::<Result<Vec<_>>>()?;
        replay(&mut connection, &format!("histories/{}", stem(&path)?), &texts)?;
        created += texts.len();
        bytes += texts.iter().map(String::len).sum::<usize>();
    }
    println!(
        "{prompts} prompts and {} versions of histories, {bytes} bytes: created in order and read back byte for byte \
         in {:.2} s; none refused",
        created - prompts,
        started.elapsed().as_secs_f64()
    );
    server.stop()
}

fn files(folder: Option<&Path>, extension: &str) -> Result<Vec<PathBuf>> {
    let Some(folder) = folder else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn stem(path: &Path) -> Result<&str> {
    path.file_stem().and_then(|stem| stem.to_str()).context("a name that is not UTF-8")
}

fn replay(connection: &mut Connection, name: &str, texts: &[String]) -> Result<()> {
    let path = format!("/api/v1/prompts/{}", name.replace('/', "%2F"));
    let body = json!({"name": name, "kind": "text"}).to_string();
    connection.call(&request("POST", "/api/v1/prompts", ADMIN, "", &body))?.expect(201)?;
    for (i, text) in texts.iter().enumerate() {
        // Histories hold the same text twice where a change was taken back.
        let body = json!({"content": text, "template": "none", "allow_duplicate": true}).to_string();
        let made = connection
            .call(&request("POST", &format!("{path}/versions"), ADMIN, "", &body))?
            .expect(201)
            .with_context(|| format!("{name}, text {}", i + 1))?
            .json()?;
        ensure!(made["sequence"] == i + 1, "{name}: text {} has the sequence {}", i + 1, made["sequence"]);
    }
    for (i, text) in texts.iter().enumerate() {
        let read = request("GET", &format!("{path}/versions/{}", i + 1), ADMIN, "", "");
        let version = connection.call(&read)?.expect(200)?.json()?;
        ensure!(version["content"] == text.as_str(), "{name}: text {} came back otherwise", i + 1);
    }
    Ok(())
}
