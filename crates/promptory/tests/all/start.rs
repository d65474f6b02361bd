use serde_json::json;

use crate::process::{ADMIN, Server, program};

#[tokio::test]
async fn an_empty_server_prints_a_key_once_and_the_key_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = Server::start(program().env("PROMPTORY_DATA_DIR", folder.path()));
    let url_of_first = first.url.clone();
    assert!(first.terminate().success());
    let printed = first.printed();
    let key = printed
        .iter()
        .find_map(|line| line.split_once("key, shown only now: "))
        .expect("printed")
        .1
        .to_owned();
    assert!(!url_of_first.is_empty() && key.starts_with("pk_"), "{printed:?}");

    let mut second = Server::start(program().env("PROMPTORY_DATA_DIR", folder.path()));
    let who = second.get("/api/v1/whoami", &key).await.good();
    assert_eq!((&who["project"], &who["instance_admin"]), (&json!("default"), &json!(true)));
    let environments = second.get("/api/v1/environments", &key).await.good();
    let names: Vec<_> =
        environments["items"].as_array().expect("a list").iter().map(|e| &e["name"]).collect();
    assert_eq!(names, ["development", "staging", "production"]);
    assert!(second.terminate().success());
    assert_eq!(without_first_account(second.printed()), Vec::<String>::new(), "the key is shown once");
}

/// Every start says where the first account is made, until it is.
fn without_first_account(mut printed: Vec<String>) -> Vec<String> {
    let said = printed.pop().expect("said last");
    let (_, token) = said.split_once("/welcome#token=").expect("an address");
    assert!(
        said.starts_with("The first account is made at http://127.0.0.1:") && token.len() == 64,
        "{said}"
    );
    printed
}

#[tokio::test]
async fn the_administrators_key_is_never_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::sqlite(folder.path());
    assert_eq!(server.get("/api/v1/whoami", ADMIN).await.status, 200);
    let stored = server.get("/api/v1/keys", ADMIN).await.good();
    assert_eq!(stored["items"], json!([]));
    assert!(server.terminate().success());
    assert!(without_first_account(server.printed()).is_empty());
    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        assert!(!bytes.windows(ADMIN.len()).any(|window| window == ADMIN.as_bytes()));
    }
}

#[test]
fn a_second_server_on_the_same_file_refuses_and_names_postgresql() {
    let folder = tempfile::tempdir().expect("a folder");
    let _first = Server::sqlite(folder.path());
    let second =
        Server::spawn(program().env("PROMPTORY_DATA_DIR", folder.path()).env("PROMPTORY_ADMIN_KEY", ADMIN));
    let (status, said) = second.failed();
    assert!(!status.success());
    assert!(said.contains("another promptory process") && said.contains("PostgreSQL"), "{said}");
}

#[test]
fn what_cannot_start_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, value, expected) in [
        ("PROMPTORY_DATABASE_URL", "mysql://localhost/x", "sqlite:// or postgres://"),
        ("PROMPTORY_ADMIN_KEY", "short", "at least 16 characters"),
        ("PROMPTORY_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none", "cannot be opened"),
    ] {
        let mut command = program();
        let (status, said) =
            Server::spawn(command.env("PROMPTORY_DATA_DIR", folder.path()).env(name, value)).failed();
        assert!(!status.success() && said.contains(expected), "{name}={value}: {said}");
    }
}

#[test]
fn migrations_go_forward_and_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |args: &[&str]| {
        let output = program().args(args).env("PROMPTORY_DATA_DIR", folder.path()).output().expect("runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("JSON")
    };
    let applied = || {
        let status = run(&["--json", "migrate", "status"]);
        let items = status["items"].as_array().cloned().unwrap_or_default();
        items.iter().map(|step| step["applied"] == true).collect::<Vec<_>>()
    };
    run(&["--json", "migrate", "up"]);
    assert!(applied().iter().all(|applied| *applied));
    run(&["--json", "migrate", "down"]);
    let after = applied();
    assert_eq!(after.last(), Some(&false), "the newest step is taken back");
    assert!(after[..after.len() - 1].iter().all(|applied| *applied), "and only that");
    run(&["--json", "migrate", "up"]);
    assert!(applied().iter().all(|applied| *applied));
}

/// The first start makes up six weeks, under the key that it prints; a later one leaves them alone.
async fn six_weeks(mut start: impl FnMut() -> Server) {
    let mut first = start();
    assert!(first.terminate().success());
    let printed = first.printed();
    let key = printed[0].split_once("key, shown only now: ").expect("the key").1.to_owned();
    let demo = &printed[1];
    assert!(demo.starts_with("Demo: 12 prompts") && demo.ends_with(" executions of 14 days."), "{demo}");
    let mut second = start();
    let list =
        async |path: &str| second.get(path, &key).await.good()["items"].as_array().expect("a list").clone();
    let history = list("/api/v1/history?limit=200").await;
    assert!(history.len() > 100);
    let day = |entry: &serde_json::Value| entry["at"].as_str().expect("a time")[..10].to_owned();
    let days: std::collections::BTreeSet<String> = history.iter().map(day).collect();
    assert!(days.len() > 20, "{days:?}");
    let actors: std::collections::BTreeSet<String> =
        history.iter().map(|entry| entry["actor"].to_string()).collect();
    assert!(actors.len() >= 6, "{actors:?}");
    assert_eq!(second.get("/api/v1/audit/verify", &key).await.good()["valid"], true);
    let users = list("/api/v1/users").await;
    let of = |user: &serde_json::Value| format!("{} {}", user["name"], user["status"]);
    assert_eq!(users.len(), 6);
    assert_eq!(of(&users[0]), "\"Hanna Berg\" \"active\"");
    assert!(
        printed[2].contains("sign in with the password in") && printed[2].contains("hanna.berg@"),
        "{printed:?}"
    );
    assert!(users.iter().all(|user| user["keys"] == 0), "theirs ended with the play: {users:?}");
    let keys = list("/api/v1/keys").await;
    assert_eq!(keys.iter().filter(|key| key["user"]["name"] == key["name"]).count(), 6);
    let prompts = list("/api/v1/prompts").await;
    assert_eq!(prompts.len(), 12);
    assert!(prompts.iter().filter(|prompt| prompt["live"]["production"].is_string()).count() >= 11);
    let releases = list("/api/v1/releases").await;
    let of = |release: &serde_json::Value| release["items"].as_array().map(Vec::len);
    assert_eq!(releases.iter().map(of).collect::<Vec<_>>(), [Some(2)], "two prompts together, once");
    let uses = list("/api/v1/prompts/support%2Freply/uses").await;
    assert!(uses.iter().any(|row| row["uses"].as_i64() > Some(10)), "{uses:?}");
    let stages = async |environment: &str| {
        let policy = second.get(&format!("/api/v1/environments/{environment}"), &key).await.good();
        policy["policy"]["stages"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((stages("development").await, stages("staging").await, stages("production").await), (0, 1, 2));
    let open = list("/api/v1/approvals?state=open").await;
    let said = &open[1]["comments"][0];
    assert_eq!(
        (&said["by"], said["reply_to"].as_i64()),
        (&open[1]["requester"], Some(1)),
        "who asked answers"
    );
    let open: Vec<String> = open.iter().map(|one| format!("{} {}", one["prompt"], one["stage"])).collect();
    assert_eq!(open, ["\"code/review\" \"content\"", "\"sales/outreach-email\" \"operations\""]);
    let approved = list("/api/v1/approvals?state=approved").await;
    assert!(approved.len() > 5 && approved.iter().all(|one| one["spent_at"].is_string()), "{approved:?}");
    two_weeks(&second, &key).await;
    assert!(second.terminate().success());
    assert_eq!(without_first_account(second.printed()), Vec::<String>::new());
}

/// Calls of what was live at the time, each with its cost, received in time; the version that was taken back failed more.
async fn two_weeks(server: &Server, key: &str) {
    let list = async |filter: &str| {
        let page = server.get(&format!("/api/v1/executions?limit=200{filter}"), key).await.good();
        page["items"].as_array().expect("a list").clone()
    };
    let latest = list("").await;
    assert_eq!(latest.len(), 200);
    assert!(latest.iter().all(|one| one["late"] == false && one["cost_usd"].is_number()), "{latest:?}");
    assert!(list("&unpriced=true&purpose=all").await.is_empty());
    for status in ["error", "timeout", "blocked"] {
        let some = list(&format!("&status={status}")).await;
        assert!(some.len() > 10 && some.iter().all(|one| one["error_message"].is_string()), "{status}");
    }
    assert!(!list("&purpose=test&environment=staging").await.is_empty());
    assert_eq!(list("&tag=plan:enterprise&country=DE").await.len(), 200);

    let of =
        async |filter: &str| list(&format!("&prompt=data/text-to-sql&environment=production{filter}")).await;
    let present = of("").await;
    assert!(present.iter().all(|one| one["version"] == "1.0.0"), "it was taken back: {present:?}");
    let worse = of("&version=1.1.0").await;
    let taken_back = worse[0]["started_at"].as_str().expect("a time");
    let after = of(&format!("&version=1.0.0&from={taken_back}&status=error")).await;
    let failed = worse.iter().filter(|one| one["status"] == "error").count();
    assert!(failed * 12 > worse.len() && !after.is_empty(), "{failed} of {}", worse.len());

    let mut texts = (1..40).map(|n| format!("/api/v1/executions/demo-{:05}", n * 60));
    let mut detail = server.get(&texts.next().expect("one"), key).await.body;
    while !detail["input"].is_array() && !detail["input"].is_string() {
        detail = server.get(&texts.next().expect("one of them has texts"), key).await.body;
    }
    assert!(detail["output"].is_string() && detail["variables"].is_object(), "{detail}");
    let today = &latest[0]["started_at"].as_str().expect("a time")[..10];
    let span = json!({"from": format!("{today}T00:00:00Z")});
    let verified = server.post("/api/v1/analytics/verify", key, &span).await.good();
    assert_eq!(verified["agrees"], true, "{verified}");
}

#[tokio::test]
async fn the_demo_has_a_past_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    six_weeks(|| Server::start_with(program().env("PROMPTORY_DATA_DIR", folder.path()), &["--demo"])).await;
}

#[tokio::test]
async fn the_demo_has_a_past_on_postgres() {
    let url = crate::process::postgres_database();
    six_weeks(|| Server::start_with(program().env("PROMPTORY_DATABASE_URL", &url), &["--demo"])).await;
}
