//! Starting: on nothing, twice, at the same time, on what is not ours.

use std::sync::Arc;

use promptory_core::time::Timestamp;
use promptory_server::{Config, clock::ManualClock, ids::SystemIds, migrate, start};
use serde_json::json;

use crate::{
    db::Db,
    server::{MORNING, Server},
};

/// Why it does not start.
pub(crate) async fn refusal(config: &Config) -> String {
    let clock = ManualClock::at(Timestamp::parse_rfc3339(MORNING).expect("a time"));
    match start(config, Arc::new(clock), Arc::new(SystemIds)).await {
        Ok(_) => panic!("it started"),
        Err(error) => format!("{error:#}"),
    }
}

both!(an_empty_database_gets_what_it_needs, async |db| {
    let mut config = db.config();
    config.admin_key = None;
    let app = Server::start_with(db, &config).await;
    let key = app.first_key.clone().expect("an empty database gets a key");
    let first = app.person(&key);
    let me = first.get("/whoami").await.good().json();
    assert_eq!(
        (&me["project"], &me["scopes"], &me["instance_admin"]),
        (&json!("default"), &json!(["admin"]), &json!(true))
    );
    assert_eq!(first.get("/environments").await.items("name"), ["development", "staging", "production"]);
    assert_eq!(first.get("/audit").await.items("actor_name"), ["system"]);
    app.admin().get("/whoami").await.is(401);
    db.stop_servers().await;
    let again = Server::start_with(db, &config).await;
    assert_eq!(again.first_key, None, "the key is shown once");
    again.person(&key).get("/projects").await.good();
    db.stop_servers().await;
    let given = Server::start(db).await;
    given.admin().get("/whoami").await.good();
    given.person(&key).get("/whoami").await.good();
});

both!(what_is_in_the_way_is_named, async |db| {
    let app = Server::start(db).await;
    let other = Db::sqlite();
    let mut short = other.config();
    short.admin_key = Some("fifteen letters".to_owned());
    assert!(refusal(&short).await.contains("PROMPTORY_ADMIN_KEY"));
    let mut taken = other.config();
    taken.listen = app.address.to_string();
    assert!(refusal(&taken).await.contains("PROMPTORY_LISTEN"));
    let mut strange = other.config();
    strange.database_url = Some("mysql://user:secret@host/db".to_owned());
    let said = refusal(&strange).await;
    assert!(said.contains("postgres://") && !said.contains("secret"), "{said}");
    other.finish().await;
    db.stop_servers().await;
    db.raw().await.need_newer_program().await;
    assert!(refusal(&db.config()).await.contains("999.0.0"));
});

#[tokio::test]
async fn a_second_server_on_one_sqlite_file_is_refused() {
    let db = Db::sqlite();
    let app = Server::start(&db).await;
    let said = refusal(&db.config()).await;
    assert!(said.contains("PostgreSQL") && said.contains("promptory.db"), "{said}");
    assert!(migrate::up(&db.config()).await.is_err_and(|error| error.to_string().contains("PostgreSQL")));
    app.admin().publish("p", "one").await.good();
    db.stop_servers().await;
    let again = Server::start(&db).await;
    again.admin().prompt("p").await.good();
    db.finish().await;
}

#[tokio::test]
async fn servers_that_start_at_once_on_an_empty_postgres() {
    let db = Db::empty_postgres().await;
    let mut config = db.config();
    config.admin_key = None;
    let start = || Server::start_with(&db, &config);
    let (one, two, three) = tokio::join!(start(), start(), start());
    let servers = [one, two, three];
    let keys: Vec<&String> = servers.iter().filter_map(|server| server.first_key.as_ref()).collect();
    assert_eq!(keys.len(), 1, "one of them makes the first key");
    let epochs: Vec<String> = servers.iter().map(|s| s.project().snapshot().epoch.to_string()).collect();
    assert!(epochs.iter().all(|epoch| *epoch == epochs[0]), "{epochs:?}");
    for server in &servers {
        server.app.feed.poll(promptory_server::clock::Clock::now(&*server.clock)).await.expect("polled");
        let admin = server.person(keys[0]);
        assert_eq!(admin.get("/environments").await.good().items("name").len(), 3);
    }
    db.finish().await;
}

both!(migrations_go_down_and_up_again, async |db| {
    migrate::up(&db.config()).await.expect("up");
    let applied = async || {
        let all = migrate::status(&db.config()).await.expect("read");
        all.iter().filter(|migration| migration.applied).count()
    };
    let all = applied().await;
    assert!(all >= 1);
    migrate::down(&db.config(), 1).await.expect("down");
    assert_eq!(applied().await, all - 1);
    Server::start(db).await.admin().publish("p", "one").await.is(201);
    db.stop_servers().await;
    assert_eq!(applied().await, all);
});
