//! Import and export. The baseline of an import is the same texts created one after the other over HTTP; that of an export, the same
//! files packed by this program alone.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use promptory_files::{
    About, Options, Prompt, Version,
    archive::{self, LIMITS, Writer},
    layout, prompt_file, version_file,
};
use serde_json::{Value, json};

use crate::{
    Size, machine,
    rounds::{median, verdict},
    seed,
    server::{ADMIN, Postgres, Program, folder},
    wire::{Connection, request},
};

type Files = BTreeMap<String, Vec<u8>>;

const PROMPTS: usize = 2_000;
const VERSIONS: usize = 5;

pub fn run(size: Size, prompts: Option<&Path>, histories: Option<&Path>) -> Result<()> {
    let real = gather(&[prompts, histories])?;
    let own = Postgres::start()?;
    let mut worst = 0.0_f64;
    if real.is_empty() {
        println!("no folders given: no import of real prompts");
    } else {
        let sqlite = import(size, "SQLite", &real, || Ok(None))?;
        let postgres = import(size, "PostgreSQL", &real, || own.database().map(Some))?;
        worst = sqlite.max(postgres);
    }
    let sqlite = export(size, "SQLite", None)?;
    let postgres = export(size, "PostgreSQL", Some(&own.database()?))?;
    println!("load average {:.1}\n", machine::load_average());
    if worst > 0.0 {
        verdict("import of the folders, the slower database", worst, " s", worst <= 3.0, "≤ 3 s");
    }
    let export = sqlite.max(postgres);
    verdict("export of 10,000 versions, the slower database", export, " s", export <= 5.0, "≤ 5 s");
    Ok(())
}

fn gather(folders: &[Option<&Path>]) -> Result<Files> {
    let mut files = Files::new();
    for folder in folders.iter().flatten() {
        let top = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "md" || ending == "jsonl") {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.insert(format!("{top}/{name}"), fs::read(&path)?);
            }
        }
    }
    Ok(files)
}

fn pack(files: &Files) -> Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    for (path, bytes) in files {
        writer.add(path, bytes, 0)?;
    }
    Ok(writer.finish()?)
}

fn upload(connection: &mut Connection, archive: &[u8]) -> Result<Value> {
    let head = format!(
        "POST /api/v1/import HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {ADMIN}\r\ncontent-type: application/gzip\r\n\
         content-length: {}\r\n\r\n",
        archive.len()
    );
    connection.call(&[head.as_bytes(), archive].concat())?.expect(200)?.json()
}

/// Median seconds of an import into an empty server.
fn import(
    size: Size,
    name: &str,
    files: &Files,
    database: impl Fn() -> Result<Option<String>>,
) -> Result<f64> {
    let archive = pack(files)?;
    let (mut ours, mut baseline, mut counts) = (Vec::new(), Vec::new(), Value::Null);
    for _ in 0..size.turns() {
        for packed in [true, false] {
            let data = tempfile::tempdir_in(folder()?)?;
            let server = Program::server(data.path(), database()?.as_deref())?;
            let mut connection = Connection::open(server.address)?;
            let started = machine::now();
            if packed {
                let done = upload(&mut connection, &archive)?;
                ours.push(started.elapsed().as_secs_f64());
                ensure!(done["refused"] == json!([]), "refused: {}", done["refused"]);
                counts = json!([done["prompts_created"], done["created"]]);
            } else {
                one_by_one(&mut connection, files)?;
                baseline.push(started.elapsed().as_secs_f64());
            }
            server.stop()?;
        }
    }
    let (ours, baseline) = (median(ours), median(baseline));
    println!(
        "import, {name}: {counts} prompts and versions in {ours:.2} s; one by one over HTTP {baseline:.2} s; ratio {:.2}",
        baseline / ours
    );
    Ok(ours)
}

fn one_by_one(connection: &mut Connection, files: &Files) -> Result<()> {
    for group in layout(files.keys().map(String::as_str)).groups {
        let of_group: Vec<_> = group.paths.iter().map(|path| (path.clone(), files[path].clone())).collect();
        let (prompt, _) = promptory_files::read(&group, &of_group, &Options::default());
        let prompt = prompt.context("unreadable")?;
        let body = json!({"name": prompt.name, "kind": "text"}).to_string();
        connection.call(&request("POST", "/api/v1/prompts", ADMIN, "", &body))?.expect(201)?;
        let path = format!("/api/v1/prompts/{}/versions", prompt.name.replace('/', "%2F"));
        for version in prompt.versions {
            let body =
                json!({"content": version.content, "template": "none", "allow_duplicate": true}).to_string();
            connection.call(&request("POST", &path, ADMIN, "", &body))?.expect(201)?;
        }
    }
    Ok(())
}

fn export(size: Size, name: &str, database: Option<&str>) -> Result<f64> {
    let data = tempfile::tempdir_in(folder()?)?;
    let server = Program::server(data.path(), database)?;
    let mut connection = Connection::open(server.address)?;
    let started = machine::now();
    let done = upload(&mut connection, &pack(&many())?)?;
    println!(
        "import, {name}: {} versions of {PROMPTS} prompts in {:.2} s",
        done["created"],
        started.elapsed().as_secs_f64()
    );
    let (mut ours, mut baseline) = (Vec::new(), Vec::new());
    for _ in 0..size.turns() {
        let started = machine::now();
        let answer =
            connection.call(&request("GET", "/api/v1/export", ADMIN, "", ""))?.expect(200)?.body.to_vec();
        ours.push(started.elapsed().as_secs_f64());
        let mut files = Files::new();
        archive::read(answer.as_slice(), &LIMITS, |path, bytes| {
            files.insert(path.to_owned(), bytes);
            Ok(())
        })?;
        ensure!(files.len() == PROMPTS * (VERSIONS + 1) + 1, "{} files", files.len());
        let started = machine::now();
        let packed = pack(&files)?;
        baseline.push(started.elapsed().as_secs_f64());
        ensure!(!packed.is_empty());
    }
    server.stop()?;
    let (ours, baseline) = (median(ours), median(baseline));
    println!(
        "export, {name}: {} versions in {ours:.2} s; packing the same files alone {baseline:.2} s; ratio {:.2}",
        PROMPTS * VERSIONS,
        ours / baseline
    );
    Ok(ours)
}

/// Prompts of about a kilobyte.
fn many() -> Files {
    let mut files = Files::new();
    for i in 0..PROMPTS {
        let prompt = Prompt {
            name: seed::name(i),
            kind: "text".to_owned(),
            about: Some(About::default()),
            ..Prompt::default()
        };
        let (path, text) = prompt_file(&prompt);
        files.insert(path, text.into_bytes());
        for n in 0..VERSIONS {
            let version = Version {
                number: Some(format!("1.0.{n}")),
                content: Value::from(seed::content(i, &format!("1.0.{n}"))),
                variables: Some(json!([{"name": "product"}, {"name": "customer"}, {"name": "question"}])),
                ..Version::default()
            };
            let (path, text) = version_file(&prompt.name, &version);
            files.insert(path, text.into_bytes());
        }
    }
    files
}
