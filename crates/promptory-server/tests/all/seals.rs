//! Secrets that servers share, sealed by a master key: set up, changed, taken away, lost.

use base64::{Engine, engine::general_purpose::STANDARD};
use promptory_server::{
    Config,
    app::sign_in::setup_token,
    seal::{MasterKey, Seals},
};
use serde_json::json;

use crate::{
    db::Db,
    server::{Person, SOON, Server},
    starting::refusal,
    webhooks::{Endpoint, told},
};

fn seals(present: Option<u8>, old: Option<u8>) -> Seals {
    let key = |byte: u8| MasterKey::parse(&STANDARD.encode([byte; 32])).expect("32 bytes");
    Seals { present: present.map(key), old: old.map(key) }
}

fn config(db: &Db, present: Option<u8>, old: Option<u8>) -> Config {
    Config { seals: seals(present, old), webhooks_private: true, ..db.config() }
}

/// Instead of those that ran, and how all secrets lie there now.
async fn start(db: &Db, present: Option<u8>, old: Option<u8>) -> (Server, Person, Vec<String>) {
    db.stop_servers().await;
    let app = Server::start_with(db, &config(db, present, old)).await;
    let admin = app.admin();
    let stored = db.raw().await.secrets().await;
    (app, admin, stored)
}

fn all_sealed(stored: &[String]) -> bool {
    stored.iter().filter(|secret| !secret.is_empty()).all(|secret| secret.starts_with("sealed:v1:"))
}

both!(a_master_key_is_set_up_changed_and_taken_away, async |db| {
    let mut endpoint = Endpoint::start().await;
    let (app, admin, _) = start(db, None, None).await;
    let token = setup_token(&app.app);
    let (id, made) = told(&admin, &endpoint, &["prompt.create"]).await;
    let first = made.field("/secret");
    let second = admin.poke(&format!("/webhooks/{id}/rotate")).await.good().field("/secret");
    let plain = db.raw().await.secrets().await;
    assert_eq!(plain[1..], [second.clone(), first.clone()]);
    let mut before = plain.clone();
    // Set up, started again, changed, started without the one before, set up once more, taken away.
    let steps = [
        (Some(1), None),
        (Some(1), None),
        (Some(2), Some(1)),
        (Some(2), None),
        (None, Some(2)),
        (None, None),
        (Some(3), Some(2)),
        (None, Some(3)),
    ];
    let mut sealed_by = None;
    for (n, (present, old)) in steps.into_iter().enumerate() {
        let (app, admin, stored) = start(db, present, old).await;
        match present {
            Some(_) => assert!(all_sealed(&stored), "{present:?} {old:?}"),
            None => assert_eq!(stored, plain, "{old:?}"),
        }
        let moved = stored.iter().zip(&before).all(|(now, then)| now != then);
        assert_eq!(
            (moved, stored == before),
            (present != sealed_by, present == sealed_by),
            "{present:?} {old:?}"
        );
        (before, sealed_by) = (stored, present);
        assert_eq!(setup_token(&app.app), token, "what was made with the key of tokens holds");
        admin.publish(&format!("p{n}"), "one").await.good();
        assert!(endpoint.next().await.is_signed_with(&[&second, &first]), "{present:?} {old:?}");
    }
});

both!(what_is_made_under_a_master_key_is_never_stored_as_it_is, async |db| {
    let mut endpoint = Endpoint::start().await;
    let (_, admin, stored) = start(db, Some(1), None).await;
    assert_eq!((stored.len(), all_sealed(&stored)), (1, true), "the key of tokens");
    let (id, made) = told(&admin, &endpoint, &["prompt.create"]).await;
    let path = format!("/webhooks/{id}");
    let first = made.field("/secret");
    let second = admin.poke(&format!("{path}/rotate")).await.good().field("/secret");
    assert!(first.starts_with("whsec_") && second.starts_with("whsec_"));
    // A change of something else stores them as they were.
    admin.patch(&path, json!({"enabled": false})).await.good();
    admin.patch(&path, json!({"enabled": true})).await.good();
    let (app, admin, stored) = start(db, Some(1), None).await;
    assert!(stored.len() == 3 && all_sealed(&stored), "{stored:?}");
    let dump = db.dump().await;
    assert!(dump.contains(&stored[1]) && !dump.contains(&first) && !dump.contains(&second));
    admin.publish("a", "one").await.good();
    assert!(endpoint.next().await.is_signed_with(&[&second, &first]), "a day long by both");
    app.clock.advance_seconds(86_401);
    admin.publish("b", "one").await.good();
    assert!(endpoint.next().await.is_signed_with(&[&second]));
});

both!(without_its_key_no_server_starts_and_nothing_is_changed, async |db| {
    let endpoint = Endpoint::start().await;
    let (_, admin, _) = start(db, Some(1), None).await;
    let (id, _) = told(&admin, &endpoint, &["prompt.create"]).await;
    let (other, _) = told(&admin, &endpoint, &["prompt.create"]).await;
    db.stop_servers().await;
    let mut raw = db.raw().await;
    let sealed = raw.secrets().await;
    for (present, old) in [(None, None), (Some(2), None), (None, Some(2)), (Some(2), Some(3))] {
        let said = refusal(&config(db, present, old)).await;
        for word in ["no master key of this server opens", "master_key_file", "PROMPTORY_OLD_MASTER_KEY"] {
            assert!(said.contains(word), "{said}");
        }
        assert_eq!(raw.secrets().await, sealed, "{present:?} {old:?}");
    }
    raw.move_secret(&id, &other).await;
    let moved = raw.secrets().await;
    for (present, old) in [(Some(1), None), (Some(2), Some(1)), (None, Some(1))] {
        let said = refusal(&config(db, present, old)).await;
        assert!(said.contains(&format!("opens webhook {other} (secret)")), "{said}");
        assert_eq!(raw.secrets().await, moved, "one that does not open keeps all as they are");
    }
});

both!(a_webhook_without_a_secret_is_told_nothing_until_it_has_one, async |db| {
    let mut endpoint = Endpoint::start().await;
    let (_, admin, _) = start(db, Some(1), None).await;
    let (id, _) = told(&admin, &endpoint, &["prompt.create"]).await;
    db.stop_servers().await;
    db.raw().await.give_up_secrets().await;
    // The key is lost: another one takes its place.
    let (_, admin, stored) = start(db, Some(2), None).await;
    assert!(stored[0].starts_with("sealed:v1:") && stored[1..].iter().all(String::is_empty), "{stored:?}");
    let tried = admin.poke(&format!("/webhooks/{id}/test")).await.good();
    assert!(tried.field("/error").contains("no secret to sign it with"), "{}", tried.text());
    let secret = admin.poke(&format!("/webhooks/{id}/rotate")).await.good().field("/secret");
    admin.publish("a", "one").await.good();
    let got = endpoint.next().await;
    assert!(got.event() == "prompt.create" && got.is_signed_with(&[&secret]));
    assert!(all_sealed(&db.raw().await.secrets().await));
});

on_postgres!(a_server_that_cannot_open_a_secret_sends_nothing, async |db| {
    let mut endpoint = Endpoint::start().await;
    let (_, admin, _) = start(db, Some(1), None).await;
    let (id, made) = told(&admin, &endpoint, &["prompt.create"]).await;
    let (path, secret) = (format!("/webhooks/{id}"), made.field("/secret"));
    // It tells, as it holds the lease from here on.
    admin.publish("a", "one").await.good();
    assert!(endpoint.next().await.is_signed_with(&[&secret]));
    let two = Server::start_with(db, &config(db, Some(2), Some(1))).await;
    let sealed = db.raw().await.secrets().await;
    let tried = admin.poke(&format!("{path}/test")).await.good();
    assert!(tried.field("/error").contains("its master key is another one"), "{}", tried.text());
    admin.poke(&format!("{path}/rotate")).await.is(503).refused("unavailable");
    assert_eq!(db.raw().await.secrets().await, sealed, "nothing was changed");
    admin.publish("b", "one").await.good();
    let failed = async { while admin.get(&path).await.good().field("/failed_attempts") != "1" {} };
    tokio::time::timeout(6 * SOON, failed).await.expect("it is tried");
    assert!(endpoint.is_quiet(), "never unsigned");
    let tried = two.admin().poke(&format!("{path}/test")).await.good();
    assert_eq!(tried.field("/status"), "204");
    assert!(endpoint.next().await.is_signed_with(&[&secret]));
    // The next attempt is made by one that has the key.
    let (three, _, _) = start(db, Some(2), None).await;
    three.clock.advance_seconds(60);
    let got = endpoint.next().await;
    assert!(got.is_signed_with(&[&secret]));
    assert_eq!(got.body()["data"]["prompt"], "b");
});

on_postgres!(servers_change_their_keys_one_by_one, async |db| {
    let mut endpoint = Endpoint::start().await;
    let start = async |present, old| Server::start_with(db, &config(db, present, old)).await.admin();
    let first = start(None, None).await;
    let (id, made) = told(&first, &endpoint, &["webhook.test"]).await;
    let secret = made.field("/secret");
    let mut signs = async |admin: &Person| {
        let tried = admin.poke(&format!("/webhooks/{id}/test")).await.good();
        assert_eq!(tried.field("/error"), "null", "{}", tried.text());
        assert!(endpoint.next().await.is_signed_with(&[&secret]));
    };
    // Each order of two servers: one is a step ahead of the other. Set up, changed, taken away.
    for [(present, old), (next, next_old)] in [
        [(None, None), (None, Some(1))],
        [(None, Some(1)), (Some(1), None)],
        [(Some(1), None), (Some(1), Some(2))],
        [(Some(1), Some(2)), (Some(2), Some(1))],
        [(Some(2), Some(1)), (Some(2), None)],
        [(Some(2), None), (None, Some(2))],
        [(None, Some(2)), (None, None)],
    ] {
        db.stop_servers().await;
        let behind = start(present, old).await;
        let ahead = start(next, next_old).await;
        signs(&behind).await;
        signs(&ahead).await;
    }
});
