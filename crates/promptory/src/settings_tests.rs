use std::collections::HashMap;
use std::io::Write;

use clap::{CommandFactory, Parser};

use super::*;
use crate::cli::Cli;

/// With nothing set, and no file of this folder.
fn load(file: Option<&str>, variables: &[(&str, &str)], flags: &[&str]) -> Result<Settings, Vec<String>> {
    let kept = file.map(|text| {
        let mut kept = tempfile::NamedTempFile::new().expect("a file");
        kept.write_all(text.as_bytes()).expect("written");
        kept
    });
    let mut line = vec!["promptory", "serve"];
    line.extend(flags);
    let path = kept.as_ref().map(|kept| kept.path().display().to_string());
    if let Some(path) = &path {
        line.extend(["--config", path]);
    }
    let crate::cli::Command::Serve(serve) = Cli::try_parse_from(line).expect("understood").command else {
        panic!("serve");
    };
    let variables: HashMap<_, _> = variables.iter().copied().collect();
    let loaded = Settings::layered(&serve.flags, &|name| variables.get(name).map(|text| (*text).to_owned()));
    let short = |problem: String| path.as_ref().map_or(problem.clone(), |path| problem.replace(path, "file"));
    loaded.map_err(|problems| problems.into_iter().map(short).collect())
}

#[test]
fn the_built_in_file_has_exactly_the_defaults() {
    let found = load(None, &[], &[]).expect("valid").config().expect("no file to read");
    let wanted = Config::default();
    assert_eq!(format!("{found:?}"), format!("{wanted:?}"));
}

#[test]
fn the_built_in_file_shows_every_setting_with_its_variables_and_flag() {
    let example = |line: &str| {
        let line = line.strip_prefix("# ").unwrap_or(line);
        line.split_once(" = ").is_some_and(|(key, _)| {
            SETTINGS.iter().any(|setting| setting.key.rsplit('.').next() == Some(key))
        })
    };
    let all: String = DEFAULT_FILE
        .lines()
        .map(|line| if example(line) { line.strip_prefix("# ").unwrap_or(line) } else { line })
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut problems = Vec::new();
    let values = file::read(&all, "file", &mut problems);
    assert_eq!(problems, Vec::<String>::new());
    let flags: Vec<String> = Cli::command()
        .find_subcommand("serve")
        .expect("a command")
        .get_arguments()
        .filter_map(|argument| argument.get_long().map(str::to_owned))
        .collect();
    for setting in SETTINGS {
        assert!(values.contains_key(setting.key), "the file does not show {}", setting.key);
        for variable in setting.variables {
            assert!(DEFAULT_FILE.contains(variable), "the file does not name {variable}");
        }
        let flag = flags.iter().find(|flag| flags::key_of(flag) == setting.key);
        let flag = flag.unwrap_or_else(|| panic!("{} has no flag", setting.key));
        assert!(DEFAULT_FILE.contains(&format!("--{flag}")), "the file does not name --{flag}");
    }
    assert_eq!(values.len(), SETTINGS.len());
}

#[test]
fn flags_win_over_variables_over_the_file_over_defaults() {
    let file = "listen = \"127.0.0.1:1\"\ndata_dir = \"/file\"\nconnections = 7\n\n[log]\nlevel = \"warn\"\n";
    let variables = [("PROMPTORY_DATA_DIR", "/variable"), ("PROMPTORY_CONNECTIONS", "8")];
    let settings = load(Some(file), &variables, &["--connections", "9"]).expect("valid");
    let shown: HashMap<_, _> = settings
        .shown()
        .into_iter()
        .map(|(key, value, source)| (key, (value.to_string(), source.replace(char::is_numeric, ""))))
        .collect();
    let at = |key: &str| shown[key].clone();
    let file = settings.file.as_ref().expect("read").display().to_string().replace(char::is_numeric, "");
    assert_eq!(at("listen"), ("\"127.0.0.1:1\"".into(), format!("{file}, line ")));
    assert_eq!(at("data_dir"), ("\"/variable\"".into(), "variable PROMPTORY_DATA_DIR".into()));
    assert_eq!(at("connections"), ("9".into(), "flag --connections".into()));
    assert_eq!(at("shutdown_grace_s"), ("20".into(), "default".into()));
    assert_eq!(at("admin_key"), ("null".into(), "default".into()));
    let config = settings.config().expect("readable");
    assert_eq!((config.connections, config.data_dir), (9, PathBuf::from("/variable")));
}

#[test]
fn variables_and_flags_of_every_kind() {
    let variables = [
        ("PROMPTORY_CORS_ORIGINS", "https://a.example, http://b.example:81,"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://other:4318"),
        ("PROMPTORY_OTEL_ENDPOINT", "http://own:4318"),
        ("PROMPTORY_LOG", "promptory_server=debug,info"),
        ("PROMPTORY_WEBHOOK_ADDRESSES", "any"),
    ];
    let settings = load(None, &variables, &["--log-format", "text"]).expect("valid");
    let config = settings.config().expect("readable");
    assert_eq!(config.cors_origins, ["https://a.example", "http://b.example:81"]);
    assert_eq!(config.otel_endpoint.as_deref(), Some("http://own:4318"));
    assert!(config.webhooks_private);
    assert_eq!(
        (settings.text("log.level"), settings.text("log.format")),
        (Some("promptory_server=debug,info"), Some("text"))
    );
    let settings = load(None, &variables[1..2], &[]).expect("valid");
    assert_eq!(settings.text("otel.endpoint"), Some("http://other:4318"));
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let check = |file: &str, expected: &[&str]| {
        let problems = load(Some(file), &[], &[]).expect_err(file);
        assert_eq!(problems, expected, "{file}");
    };
    check("\nlisen = \"a\"", &["file, line 2: there is no setting \"lisen\"; is \"listen\" meant?"]);
    check("[log]\nlevl = 1", &["file, line 2: there is no setting \"log.levl\"; is \"log.level\" meant?"]);
    check(
        "zzzzzzzzzzzzzzzzzzzz = 1",
        &["file, line 1: there is no setting \"zzzzzzzzzzzzzzzzzzzz\"; `promptory config default` shows all"],
    );
    check(
        "[nothing]\na = 1",
        &["file, line 1: there is no setting \"nothing\"; `promptory config default` shows all"],
    );
    check(
        "log = \"info\"",
        &["file, line 1: there is no setting \"log\"; `promptory config default` shows all"],
    );
    check(
        "connections = \"many\"\ndata_dir = 5",
        &[
            "file, line 1: \"connections\" is a whole number without quotes, not a text",
            "file, line 2: \"data_dir\" is a text in quotes, not a number",
        ],
    );
    check("connections = 0", &["file, line 1: \"connections\" is 0; it may be 1 to 1000000"]);
    check("connections = 99999999999999999999", &["file, line 1: \"connections\" is too large"]);
    check(
        "connections = 1.5",
        &["file, line 1: \"connections\" is a whole number without quotes, not a number with a point"],
    );
    check(
        "cors_origins = \"*\"",
        &["file, line 1: \"cors_origins\" is a list of texts, [\"…\"], not a text"],
    );
    check("cors_origins = [1]", &["file, line 1: \"cors_origins\" is a list of texts, not of a number"]);
    check(
        "cors_origins = [\"https://a.example/\"]",
        &[
            "file, line 1: \"cors_origins\" has \"https://a.example/\"; an origin is \"https://app.example\", or \"*\"",
        ],
    );
    check(
        "listen = \"8080\"",
        &["file, line 1: \"listen\" is an address and a port, such as 127.0.0.1:8080 or [::1]:8080"],
    );
    check("data_dir = \" \"", &["file, line 1: \"data_dir\" is empty; leave it out instead"]);
    check("webhook_addresses = \"all\"", &["file, line 1: \"webhook_addresses\" is \"public\" or \"any\""]);
    check("[log]\nformat = \"xml\"", &["file, line 2: \"log.format\" is \"json\" or \"text\""]);
    check(
        "[otel]\nendpoint = \"collector:4318\"",
        &["file, line 2: \"otel.endpoint\" is an address such as http://127.0.0.1:4318"],
    );
    check(
        "database_url = \"mysql://a\"",
        &["file, line 1: \"database_url\" must start with sqlite:// or postgres://"],
    );
    for (file, line) in [("listen = ", 1), ("a = 1\na = 2", 2), ("[log\n", 1), ("listen = \"a", 1)] {
        let problems = load(Some(file), &[], &[]).expect_err(file);
        assert!(problems[0].starts_with(&format!("file, line {line}: ")), "{problems:?}");
    }
    let problems = load(None, &[("PROMPTORY_CONNECTIONS", "x")], &["--shutdown-grace-s", "9999"]);
    let expected = [
        "variable PROMPTORY_CONNECTIONS: \"x\" is no whole number",
        "flag --shutdown-grace-s: \"shutdown_grace_s\" is 9999; it may be 0 to 3600",
    ];
    assert_eq!(problems.expect_err("refused"), expected);
    let missing = load(None, &[("PROMPTORY_CONFIG", "/nowhere/promptory.toml")], &[]).expect_err("refused");
    assert!(missing[0].starts_with("/nowhere/promptory.toml: cannot be read"), "{missing:?}");
}

#[test]
fn the_administrators_key_is_found_once() {
    let mut kept = tempfile::NamedTempFile::new().expect("a file");
    kept.write_all(b"  a-key-in-a-file-0123456789\n").expect("written");
    let path = kept.path().display().to_string();
    let file = format!("admin_key_file = {path:?}\n");
    let key = |settings: &Settings| settings.admin_key().expect("readable").expect("one");
    assert_eq!(key(&load(Some(&file), &[], &[]).expect("valid")), "a-key-in-a-file-0123456789");
    let over = [("PROMPTORY_ADMIN_KEY", "a-key-of-the-variable")];
    assert_eq!(key(&load(Some(&file), &over, &[]).expect("valid")), "a-key-of-the-variable");
    let flag = ["--admin-key-file", path.as_str()];
    assert_eq!(key(&load(None, &over, &flag).expect("valid")), "a-key-in-a-file-0123456789");
    let both = format!("{file}admin_key = \"another-key-0123456789\"\n");
    assert!(load(Some(&both), &[], &[]).expect_err("refused")[0].contains("are both set"));
    let gone = load(None, &[], &["--admin-key-file", "/nowhere/key"]).expect("valid");
    assert!(gone.admin_key().is_err_and(|why| why.contains("cannot be read")));
}

#[test]
fn passwords_are_not_shown() {
    let check = |address: &str, expected: &str| assert_eq!(without_password(address), expected);
    check("postgres://user:secret@db/name", "postgres://user:hidden@db/name");
    check("postgres://user@db/name?sslmode=require", "postgres://user@db/name?sslmode=require");
    check("postgres://db/name?user=u&password=secret", "postgres://db/name?user=u&password=hidden");
    check("postgres://us er:sec/ret@db", "(hidden)");
    check("sqlite:///var/lib/p.db", "sqlite:///var/lib/p.db");
    let settings =
        load(None, &[], &["--admin-key", "0123456789abcdef", "--database-url", "postgres://u:pw@h/d"]);
    let shown = format!("{:?}", settings.expect("valid").shown());
    assert!(!shown.contains("0123456789abcdef") && !shown.contains(":pw@"), "{shown}");
}

#[test]
fn image_and_unit_set_what_there_is() {
    let files = [
        ("Dockerfile", include_str!("../../../Dockerfile")),
        ("deploy/promptory.service", include_str!("../../../deploy/promptory.service")),
    ];
    for (file, text) in files {
        let names = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
        let ours: Vec<&str> = names.filter(|name| name.starts_with("PROMPTORY_")).collect();
        assert!(!ours.is_empty(), "{file}");
        for name in ours {
            assert!(SETTINGS.iter().any(|setting| setting.variables.contains(&name)), "{file}: {name}");
        }
    }
}
