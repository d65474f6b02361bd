//! A project in a folder under Git: export, edit, diff, check, push, pull.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::process::{ADMIN, PATIENCE, Server, lines, program};

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn ends(output: Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", text(&output));
    text(&output)
}

fn git(folder: &Path, args: &[&str]) {
    let who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"];
    let status =
        Command::new("git").arg("-C").arg(folder).args(who).args(args).stdout(Stdio::null()).status();
    assert!(status.expect("git runs").success(), "git {args:?}");
}

fn edit(folder: &Path, path: &str, from: &str, to: &str) {
    let path = folder.join(path);
    let text = std::fs::read_to_string(&path).expect("the file");
    assert!(text.contains(from), "{text}");
    std::fs::write(path, text.replace(from, to)).expect("written");
}

/// A server with the demo, and the demo in a folder.
fn exported(folder: &Path) -> (Server, std::path::PathBuf) {
    let server = Server::sqlite(&folder.join("data"));
    ends(server.cli(&["demo"]), 0);
    let project = folder.join("project");
    ends(server.cli(&["export", project.to_str().expect("text")]), 0);
    (server, project)
}

#[test]
fn prompts_live_in_git() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, project) = exported(folder.path());
    let cli = |command: &str| {
        let mut args: Vec<&str> = command.split(' ').collect();
        args.push(project.to_str().expect("text"));
        server.cli(&args)
    };
    assert!(ends(cli("export"), 2).contains("is not empty"));
    assert!(ends(cli("diff"), 0).contains("have the same"));
    git(&project, &["init", "-q"]);
    git(&project, &["add", "-A"]);
    git(&project, &["commit", "-qm", "all prompts"]);

    // Somebody writes a new version in an editor.
    let next =
        "---\nnote: Shorter\n---\n=== system ===\nAnswer in one sentence.\n=== user ===\n{{ question }}\n";
    let chat = std::fs::read_dir(project.join("prompts/chat/assistant")).is_ok();
    assert!(chat, "the demo has chat/assistant");
    std::fs::write(project.join("prompts/chat/assistant/next.md"), next).expect("written");
    let difference = ends(cli("diff"), 1);
    assert!(difference.contains("+++ here/prompts/chat/assistant/next.md"), "{difference}");
    assert!(difference.contains("+Answer in one sentence."), "{difference}");
    assert!(ends(cli("diff --names"), 1).contains("only here: prompts/chat/assistant/next.md"));
    let checked = ends(cli("check"), 0);
    assert!(checked.contains("Nothing was changed. It would be: 1 version created"), "{checked}");
    let pushed = ends(cli("push"), 0);
    assert!(pushed.contains("1 version created"), "{pushed}");
    assert!(ends(cli("push"), 0).contains("0 versions created"));

    // The version has its number now; what stands in the history may be overwritten.
    let pulled = ends(cli("pull"), 0);
    assert!(pulled.contains("1 file written") && pulled.contains("1 file only here"), "{pulled}");
    assert!(ends(cli("pull --prune"), 1).contains("next.md"), "nobody else has it");
    git(&project, &["add", "-A"]);
    git(&project, &["commit", "-qm", "shorter"]);
    assert!(ends(cli("pull --prune"), 0).contains("1 file removed"));
    assert!(!project.join("prompts/chat/assistant/next.md").exists());
    ends(cli("diff"), 0);

    // What is only here is not overwritten.
    edit(&project, "prompts/chat/assistant/prompt.yaml", "kind: chat", "kind: chat\nowner: me");
    assert!(ends(cli("pull"), 1).contains("prompts/chat/assistant/prompt.yaml"));
    ends(cli("diff"), 1);
    ends(cli("pull --force"), 0);
    ends(cli("diff"), 0);

    // A version never changes, and says so before anything is pushed.
    edit(&project, "prompts/docs/summarize/1.0.0.md", "---\n", "---\n\u{a0}");
    edit(&project, "prompts/docs/summarize/prompt.yaml", "name:", "nam:");
    let refused = ends(cli("check"), 1);
    assert!(refused.contains("refused: prompts/docs/summarize/"), "{refused}");
}

#[test]
fn samples_are_rendered_by_a_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, project) = exported(folder.path());
    let check = || server.cli(&["check", project.to_str().expect("text")]);
    assert!(ends(check(), 0).contains("ok"));
    let version = "---\nvariables: [{name: question, required: true}]\n---\n{{ question }}\n";
    let put = |path: &str, text: &str| {
        let path = project.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    put("prompts/new/prompt.yaml", "kind: text\n");
    put("prompts/new/1.0.0.md", version);
    put("prompts/new/sample.good.yaml", "variables: {question: Who?}\n");
    assert!(ends(check(), 0).contains("Who?"));
    put("prompts/new/sample.bad.yaml", "variables: {}\n");
    let failed = ends(check(), 1);
    assert!(failed.contains("fails") && failed.contains("question"), "{failed}");
}

#[test]
fn archives_and_plain_files_are_taken_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, project) = exported(folder.path());
    let archive = folder.path().join("all.tar.gz");
    let archive = archive.to_str().expect("text");
    ends(server.cli(&["export", archive]), 0);
    let again = ends(server.cli(&["--json", "import", archive]), 0);
    assert!(again.contains("\"created\":0"), "{again}");
    let plain = folder.path().join("plain.md");
    std::fs::write(&plain, "Just a text {{").expect("written");
    let plain = plain.to_str().expect("text");
    assert!(ends(server.cli(&["import", "--dry-run", plain]), 0).contains("It would be: 1 version created"));
    assert!(ends(server.cli(&["import", plain]), 0).contains("1 version created"));
    assert_eq!(ends(server.cli(&["version", "show", "plain", "1", "--content"]), 0), "Just a text {{");
    ends(server.cli(&["import", "/nowhere"]), 2);
    ends(server.cli(&["import", folder.path().join("data").to_str().expect("text")]), 2);
    ends(server.cli(&["push", folder.path().to_str().expect("text")]), 2);

    // Another server, from standard input: the same project.
    let other = Server::sqlite(&folder.path().join("other"));
    let mut import = program()
        .args(["import", "--activate", "-"])
        .env("PROMPTORY_URL", &other.url)
        .env("PROMPTORY_KEY", ADMIN)
        .stdin(std::fs::File::open(archive).expect("the archive"))
        .stdout(Stdio::null())
        .spawn()
        .expect("the program runs");
    assert!(import.wait().expect("waited").success());
    ends(other.cli(&["diff", project.to_str().expect("text")]), 0);
    ends(server.cli(&["diff", project.to_str().expect("text")]), 1);
}

#[test]
fn a_watched_folder_is_pushed_when_it_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, project) = exported(folder.path());
    let mut push = program()
        .args(["push", "--watch", project.to_str().expect("text")])
        .env("PROMPTORY_URL", &server.url)
        .env("PROMPTORY_KEY", ADMIN)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let said = lines(push.stdout.take().expect("stdout"));
    let wrong = lines(push.stderr.take().expect("stderr"));
    assert!(said.recv_timeout(PATIENCE).expect("the first push").contains("0 versions created"));
    let next = project.join("prompts/docs/summarize/next.md");
    std::fs::write(&next, "---\nnotte: x\n---\nx\n").expect("written");
    assert!(wrong.recv_timeout(PATIENCE).expect("a mistake").contains("notte"));
    std::fs::write(&next, "---\nnote: x\nvariables: []\n---\nSummarize.\n").expect("written");
    while !said.recv_timeout(PATIENCE).expect("the next push").contains("1 version created") {}
    push.kill().expect("killed");
    push.wait().expect("waited");
}
