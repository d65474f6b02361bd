//! A conversation hands back the token of its last answer, and keeps what it had while that may be served.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    server::{Person, Server, story},
};

async fn goes_on(caller: &Person, before: &Answer, body: Value) -> Answer {
    let mut body = body;
    body["pin"] = json!(before.field("/resolution"));
    caller.resolve("p", body).await.good()
}

/// Version, reason, and why the pin did not decide.
fn told(answer: &Answer) -> (String, String, Option<String>) {
    let json = answer.json();
    let dropped = json["pin_dropped"].as_str().map(str::to_owned);
    (answer.field("/version"), answer.field("/reason"), dropped)
}

fn is(version: &str, reason: &str, dropped: Option<&str>) -> (String, String, Option<String>) {
    (version.to_owned(), reason.to_owned(), dropped.map(str::to_owned))
}

both!(it_keeps_its_version_while_others_go_on, async |db| {
    let (app, _, author, operator) = story(db).await;
    let caller = app.with_scopes(&["render"]).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    let first = caller.resolve("p", json!({"key": "ada"})).await.good();
    assert_eq!(told(&first), is("1.0.0", "live", None));
    operator.activate("p", "2", "production").await.good();
    assert_eq!(told(&caller.resolve("p", json!({"key": "ada"})).await), is("1.0.1", "live", None));
    // Each answer begins its hour anew.
    let mut last = first.clone();
    for _ in 0..5 {
        app.clock.advance_seconds(3_000);
        last = goes_on(&caller, &last, json!({"key": "ada"})).await;
        assert_eq!(told(&last), is("1.0.0", "session", None));
    }
    assert_eq!(last.field("/content"), "one");
    assert_eq!(
        told(&goes_on(&caller, &first, json!({"key": "ada"})).await),
        is("1.0.1", "live", Some("expired"))
    );
    let old = caller.post(
        "/resolve",
        json!({"requests": [
            {"prompt": "p", "key": "ada", "pin": last.field("/resolution")},
            {"prompt": "p", "key": "ada"},
        ]}),
    );
    let old = old.await.good().json();
    assert_eq!(
        (&old["results"][0]["version"], &old["results"][1]["version"]),
        (&json!("1.0.0"), &json!("1.0.1"))
    );
    app.clock.advance_seconds(3_601);
    let late = goes_on(&caller, &last, json!({"key": "ada"})).await;
    assert_eq!(told(&late), is("1.0.1", "live", Some("expired")));
    assert_eq!(told(&goes_on(&caller, &late, json!({"key": "ada"})).await), is("1.0.1", "session", None));
});

both!(a_pin_of_something_else_does_not_decide, async |db| {
    let (_, _, author, operator) = story(db).await;
    for name in ["p", "q"] {
        author.publish(name, "one").await.good();
        author.reword(name, "two").await.good();
        operator.activate(name, "1", "production").await.good();
        operator.activate(name, "1", "staging").await.good();
    }
    let first = operator.resolve("p", json!({"key": "ada"})).await.good();
    let of_q = operator.resolve("q", json!({"key": "ada"})).await.good();
    operator.activate("p", "2", "production").await.good();
    let dropped = async |before: &Answer, body: Value, version: &str, reason: &str, why: &str| {
        let answer = goes_on(&operator, before, body).await;
        assert_eq!(told(&answer), is(version, reason, Some(why)));
    };
    let ada = json!({"key": "ada"});
    dropped(&of_q, ada.clone(), "1.0.1", "live", "other_prompt").await;
    dropped(&first, json!({"key": "bob"}), "1.0.1", "live", "other_key").await;
    dropped(&first, json!({}), "1.0.1", "live", "other_key").await;
    let staging = json!({"key": "ada", "environment": "staging"});
    dropped(&first, staging, "1.0.0", "live", "other_environment").await;
    dropped(&first, json!({"key": "ada", "version": "2"}), "1.0.1", "pinned", "version_named").await;
    dropped(&first, json!({"key": "ada", "version": "~1.0.1"}), "1.0.1", "live", "not_in_range").await;
    for pin in ["", "x", &"A".repeat(5_000), "\u{0}é"] {
        let answer = operator.resolve("p", json!({"key": "ada", "pin": pin})).await.good();
        assert_eq!(told(&answer), is("1.0.1", "live", Some("invalid")), "{pin:?}");
    }
    assert_eq!(
        told(&goes_on(&operator, &first, json!({"key": "ada", "version": "^1"})).await),
        is("1.0.0", "session", None)
    );
});

both!(what_was_taken_back_or_archived_is_not_kept, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    let on_one = operator.resolve("p", json!({})).await.good();
    operator.activate("p", "2", "production").await.good();
    let on_two = operator.resolve("p", json!({})).await.good();
    operator.activate("p", "1", "production").await.good();
    assert_eq!(told(&goes_on(&operator, &on_two, json!({})).await), is("1.0.0", "live", Some("withdrawn")));
    assert_eq!(told(&goes_on(&operator, &on_one, json!({})).await), is("1.0.0", "session", None));
    author.reword("p", "three").await.good();
    operator.activate("p", "3", "production").await.good();
    assert_eq!(told(&goes_on(&operator, &on_one, json!({})).await), is("1.0.0", "session", None));
    author.mark("p", "1", "archive").await.good();
    assert_eq!(told(&goes_on(&operator, &on_one, json!({})).await), is("1.0.2", "live", Some("withdrawn")));
});

both!(who_was_in_a_rollout_stays_with_what_it_had, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    let before = operator.resolve("p", json!({})).await.good();
    let half = json!({"steps": [{"percentage": 50, "after_s": 0}, {"percentage": 100, "after_s": 3_600}]});
    let body = json!({"prompt": "p", "version": "2", "environment": "production", "unit": "request", "strategy": half});
    let deployment = operator.post("/deployments", body).await.good().field("/id");
    let mut new = None;
    for _ in 0..200 {
        let answer = operator.resolve("p", json!({})).await.good();
        if answer.field("/version") == "1.0.1" {
            new = Some(answer);
            break;
        }
    }
    let new = new.expect("half of all requests get it");
    for _ in 0..20 {
        assert_eq!(told(&goes_on(&operator, &new, json!({})).await), is("1.0.1", "session", None));
        assert_eq!(told(&goes_on(&operator, &before, json!({})).await), is("1.0.0", "session", None));
    }
    operator.post(&format!("/deployments/{deployment}/abort"), json!({"reason": "odd"})).await.good();
    assert_eq!(told(&goes_on(&operator, &new, json!({})).await), is("1.0.0", "live", Some("withdrawn")));
});

both!(how_long_it_may_rest_is_the_environments, async |db| {
    let (app, _, author, operator) = story(db).await;
    let admin = app.admin();
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    let shown = admin.get("/environments/production").await.good();
    assert_eq!(shown.field("/pin_idle_s"), "3600");
    let set = async |seconds: i64| {
        let body = json!({"policy": shown.json()["policy"], "pin_idle_s": seconds});
        admin.put("/environments/production", body).await
    };
    for seconds in [i64::MIN, -1, 0, 59, 2_592_001, i64::MAX] {
        set(seconds).await.is(422).refused("invalid");
    }
    assert_eq!(set(60).await.good().field("/pin_idle_s"), "60");
    let first = operator.resolve("p", json!({})).await.good();
    operator.activate("p", "2", "production").await.good();
    app.clock.advance_seconds(60);
    assert_eq!(told(&goes_on(&operator, &first, json!({})).await), is("1.0.0", "session", None));
    app.clock.advance_seconds(1);
    assert_eq!(told(&goes_on(&operator, &first, json!({})).await), is("1.0.1", "live", Some("expired")));
    set(2_592_000).await.good();
    assert_eq!(told(&goes_on(&operator, &first, json!({})).await), is("1.0.0", "session", None));
    db.stop_servers().await;
    let app = Server::start(db).await;
    let (admin, operator) = (app.admin(), app.admin());
    assert_eq!(told(&goes_on(&operator, &first, json!({})).await), is("1.0.0", "session", None));
    app.clock.advance_seconds(2_592_001);
    assert_eq!(told(&goes_on(&operator, &first, json!({})).await), is("1.0.1", "live", Some("expired")));
    let policy = json!({"policy": {"rollback": "fix_forward"}});
    assert_eq!(admin.put("/environments/production", policy).await.good().field("/pin_idle_s"), "2592000");
    let now = operator.resolve("p", json!({})).await.good().field("/resolution");
    let explained = operator.get(&format!("/prompts/p/explain?pin={now}")).await.good();
    assert_eq!(explained.field("/answer/reason"), "session");
    let rules: Vec<Value> = explained.json()["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| step["rule"].clone())
        .collect();
    assert_eq!(rules, ["archived", "pinned", "session"]);
    let wrong = operator.get("/prompts/p/explain?pin=x").await.good();
    assert_eq!(wrong.field("/answer/reason"), "live");
});
