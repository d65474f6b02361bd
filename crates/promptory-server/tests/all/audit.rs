//! The audit log: who did what, and that nobody changed it afterwards.

use serde_json::{Value, json};

use crate::server::{Person, encoded, story};

both!(who_did_what_from_where, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.with("x-request-id", "my-request-7").publish("p", "one").await.good();
    app.clock.advance_seconds(60);
    operator.activate("p", "1", "production").await.good();
    let admin = app.admin();
    let log = admin.get("/audit").await.good();
    assert_eq!(log.items("action"), ["deployment.activate", "prompt.create", "key.create", "key.create"]);
    assert_eq!(log.items("n"), ["4", "3", "2", "1"]);
    let json = log.json();
    let (live, create) = (&json["items"][0], &json["items"][1]);
    assert_eq!((&create["request_id"], &create["prompt"]), (&json!("my-request-7"), &json!("p")));
    assert_eq!((&create["actor_name"], &create["address"]), (&json!("read-write"), &json!("127.0.0.1")));
    assert!(create["actor"].as_str().is_some_and(|actor| actor.starts_with("key:")));
    assert_eq!(
        (&live["environment"], &live["at"]),
        (&json!("production"), &json!("2026-11-20T10:01:00.000Z"))
    );
    assert_eq!(json["items"][3]["actor"], "admin");
    assert!(!log.text().contains("\"one\""), "texts of versions stay out of the log");

    let actor = encoded(create["actor"].as_str().expect("an actor"));
    for (query, numbers) in [
        ("action=key.create".to_owned(), vec!["2", "1"]),
        ("prompt=p".to_owned(), vec!["4", "3"]),
        ("environment=production".to_owned(), vec!["4"]),
        ("environment=staging".to_owned(), vec![]),
        (format!("actor={actor}"), vec!["3"]),
        ("from=2026-11-20T10:01:00Z".to_owned(), vec!["4"]),
        ("to=2026-11-20T10:01:00Z".to_owned(), vec!["3", "2", "1"]),
        ("from=2026-11-20T12:00:00%2B02:00&to=2026-11-20T10:00:30Z&prompt=p".to_owned(), vec!["3"]),
    ] {
        assert_eq!(admin.get(&format!("/audit?{query}")).await.good().items("n"), numbers, "{query}");
    }
    author.get("/audit").await.is(403);
    author.get("/audit/verify").await.is(403);
});

async fn verify(admin: &Person, expect: Option<&str>) -> Value {
    let query = expect.map(|head| format!("?expect={}", encoded(head))).unwrap_or_default();
    admin.get(&format!("/audit/verify{query}")).await.good().json()
}

both!(an_untouched_log_verifies, async |db| {
    let (app, _, author, _) = story(db).await;
    let admin = app.admin();
    let first = verify(&admin, None).await;
    assert_eq!((&first["valid"], &first["entries"]), (&json!(true), &json!(2)));
    let head = first["head"].as_str().expect("a head").to_owned();
    author.publish("p", "one").await.good();
    for n in 0..5 {
        author.reword("p", &format!("text {n}")).await.good();
    }
    let later = verify(&admin, Some(&head)).await;
    assert_eq!((&later["valid"], &later["entries"]), (&json!(true), &json!(8)));
    assert!(later.get("first_bad").is_none() && later.get("problem").is_none());
    let other = verify(&admin, Some("2:0000")).await;
    assert_eq!((&other["valid"], &other["first_bad"]), (&json!(false), &json!(2)));
    for wrong in ["2", "x:y", "", ":"] {
        admin.get(&format!("/audit/verify?expect={wrong}")).await.is(422).refused("invalid");
    }
});

both!(a_changed_entry_is_found, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    db.raw().await.forge_audit(2).await;
    let found = verify(&app.admin(), None).await;
    assert_eq!((&found["valid"], &found["first_bad"]), (&json!(false), &json!(2)), "{found}");
    author.reword("p", "three").await.good();
    assert_eq!(verify(&app.admin(), None).await["first_bad"], 2, "it goes on being found");
});

both!(a_missing_entry_is_found, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    db.raw().await.remove_audit(3).await;
    let found = verify(&app.admin(), None).await;
    assert_eq!((&found["valid"], &found["first_bad"]), (&json!(false), &json!(3)), "{found}");
    db.raw().await.remove_audit(4).await;
    assert_eq!(verify(&app.admin(), None).await["first_bad"], 3);
});

both!(a_clean_cut_is_found_by_who_kept_the_head, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    let head = verify(&app.admin(), None).await["head"].as_str().expect("a head").to_owned();
    db.raw().await.cut_audit(3).await;
    assert_eq!(verify(&app.admin(), None).await["valid"], true, "without a memory nothing can be known");
    let found = verify(&app.admin(), Some(&head)).await;
    assert_eq!((&found["valid"], &found["first_bad"]), (&json!(false), &json!(3)), "{found}");
    author.reword("p", "a history that never was").await.good();
    let rewritten = verify(&app.admin(), Some(&head)).await;
    assert_eq!((&rewritten["valid"], &rewritten["first_bad"]), (&json!(false), &json!(3)), "{rewritten}");
});
