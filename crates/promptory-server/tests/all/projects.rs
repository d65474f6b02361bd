//! Projects: each is a world of its own.

use serde_json::json;

use crate::{
    answer::Answer,
    server::{Person, Server, story},
};

/// A second project and an administrator of it.
async fn second(app: &Server) -> Person {
    let admin = app.admin();
    admin.post("/projects", json!({"name": "second"})).await.is(201);
    let body = json!({"name": "second's", "scopes": ["admin"]});
    let created = admin.with("x-project", "second").post("/keys", body).await.is(201);
    app.person(&created.field("/key"))
}

both!(nothing_of_one_is_seen_from_another, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("secret/plan", "classified").await.good();
    let deployment = operator.activate("secret/plan", "1", "production").await.good().field("/id");
    let key = app.admin().get("/keys").await.json()["items"][0]["id"].as_str().expect("an id").to_owned();
    app.admin().post("/environments", json!({"name": "hidden"})).await.good();
    let other = second(&app).await;
    assert_eq!(other.get("/whoami").await.field("/project"), "second");
    let lists: Vec<Answer> = vec![
        other.get("/prompts?status=all").await.good(),
        other.get("/deployments").await.good(),
        other.get("/keys").await.good(),
        other.get("/environments").await.good(),
        other.get("/audit?limit=200").await.good(),
        other.get("/audit/verify").await.good(),
    ];
    for list in &lists {
        for word in ["secret", "classified", "hidden", "read-write", &deployment, &key] {
            assert!(!list.text().contains(word), "{word} in {list}");
        }
    }
    assert_eq!(lists[2].items("name"), ["second's"]);
    assert_eq!(lists[3].items("name"), ["development", "staging", "production"]);
    let name = "/prompts/secret%2Fplan";
    for path in [
        "",
        "/versions",
        "/versions/1",
        "/versions/latest",
        "/history",
        "/active",
        "/active?at=2027-01-01T00:00:00Z",
    ] {
        other.get(&format!("{name}{path}")).await.is(404).refused("not_found");
    }
    for path in ["/archive", "/restore", "/resolve", "/versions/1/archive", "/versions/1/render"] {
        other.poke(&format!("{name}{path}")).await.is(404).refused("not_found");
    }
    other.patch(name, json!({})).await.is(404);
    other.reword("secret/plan", "mine").await.is(404);
    other.activate("secret/plan", "1", "production").await.is(404);
    other.get(&format!("/deployments/{deployment}")).await.is(404);
    other.get("/deployments?prompt=secret%2Fplan").await.is(404);
    other.get("/environments/hidden").await.is(404);
    other.delete(&format!("/keys/{key}")).await.is(404);
    author.get("/whoami").await.good();
});

both!(names_of_one_are_free_in_another, async |db| {
    let (app, _, author, operator) = story(db).await;
    let other = second(&app).await;
    author.publish("p", "of the first").await.good();
    operator.activate("p", "1", "production").await.good();
    other.active("p").await.refused("not_found");
    other.publish("p", "of the second").await.is(201);
    other.active("p").await.refused("nothing_live");
    other.activate("p", "1", "production").await.is(201);
    assert_eq!(other.active("p").await.good().field("/content"), "of the second");
    assert_eq!(operator.active("p").await.good().field("/content"), "of the first");
    assert_eq!(other.resolve("p", json!({})).await.field("/content"), "of the second");
    other.poke("/prompts/p/archive").await.good();
    operator.active("p").await.good();
    assert_eq!(other.get("/audit/verify").await.field("/valid"), "true");
});

both!(only_the_instance_chooses_a_project, async |db| {
    let (app, _, author, _) = story(db).await;
    let other = second(&app).await;
    author.publish("p", "one").await.good();
    for person in [&author, &other] {
        for project in ["second", "default", "nothing", "_instance"] {
            let own = person.get("/whoami").await.field("/project") == project;
            let answer = person.with("x-project", project).get("/prompts").await;
            if own {
                answer.good()
            } else {
                answer.is(404).refused("not_found")
            };
        }
    }
    let admin = app.admin();
    assert_eq!(admin.with("x-project", "second").get("/prompts").await.good().items("name").len(), 0);
    assert_eq!(admin.with("x-project", "default").get("/prompts").await.good().items("name"), ["p"]);
    admin.with("x-project", "third").get("/prompts").await.is(404);
    admin.with("x-project", "second").active("p").await.is(404);
    let through = admin.with("x-project", "second").get("/whoami").await.good();
    assert_eq!(through.field("/project"), "second");
    author.get("/projects").await.is(403);
    other.get("/projects").await.is(403);
    other.post("/projects", json!({"name": "third"})).await.is(403);
});

both!(names_of_projects, async |db| {
    let (app, _, _, _) = story(db).await;
    let admin = app.admin();
    for name in ["", "_instance", "Upper", "-x", "a b", "a/b", "ä", "a\u{0}", &"n".repeat(64)] {
        admin.post("/projects", json!({"name": name})).await.is(422).refused("invalid");
    }
    for name in ["a", "0", "a-1-b", &"n".repeat(63)] {
        let created = admin.post("/projects", json!({"name": name})).await.is(201);
        assert_eq!(created.field("/name"), name);
        admin.post("/projects", json!({"name": name})).await.is(409).refused("name_taken");
    }
    admin.post("/projects", json!({"name": "default"})).await.is(409);
    assert_eq!(admin.get("/projects").await.field("/total"), "5");
});
