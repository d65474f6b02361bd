//! Many writers at once on one prompt.

use serde_json::json;

use crate::server::{Person, story};

async fn write_at_once(writers: Vec<Person>, base: usize) -> Vec<i64> {
    let mut tasks = tokio::task::JoinSet::new();
    for (n, writer) in writers.into_iter().enumerate() {
        tasks.spawn(async move {
            let answer = writer.reword("p", &format!("text {}", base + n)).await.is(201);
            answer.json()["sequence"].as_i64().expect("a number")
        });
    }
    let mut numbers = Vec::new();
    while let Some(number) = tasks.join_next().await {
        numbers.push(number.expect("written"));
    }
    numbers.sort_unstable();
    numbers
}

both!(sixty_four_get_a_number_each, async |db| {
    let (app, _, author, _) = story(db).await;
    author.post("/prompts", json!({"name": "p", "kind": "text"})).await.good();
    let before = app.revision();
    let numbers = write_at_once(vec![author.clone(); 64], 0).await;
    assert_eq!(numbers, (1..=64).collect::<Vec<_>>());
    assert_eq!(app.revision(), before + 64);
    let listed = author.get("/prompts/p/versions?limit=200").await.good();
    let mut versions = listed.items("version");
    versions.reverse();
    let expected: Vec<String> = (0..64).map(|patch| format!("1.0.{patch}")).collect();
    assert_eq!(versions, expected);
    let mut contents = listed.items("content");
    contents.sort();
    contents.dedup();
    assert_eq!(contents.len(), 64, "none was lost");
    assert_eq!(app.admin().get("/audit/verify").await.field("/valid"), "true");
});

both!(activations_at_once_leave_one_live, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..16 {
        let operator = operator.clone();
        tasks.spawn(async move {
            operator.activate_again("p", if n % 2 == 0 { "1" } else { "2" }, "production").await.is(201)
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("activated");
    }
    let deployments = author.get("/deployments?limit=200").await.good();
    let open = deployments.items("ended_at").iter().filter(|ended| *ended == "null").count();
    // One that was live already stays so, without a new deployment.
    assert_eq!((deployments.items("id").len() <= 16, open), (true, 1));
    let versions = deployments.items("version");
    assert!(versions.windows(2).all(|pair| pair[0] != pair[1]), "{versions:?}");
    let newest = deployments.items("version")[0].clone();
    assert_eq!(operator.active("p").await.field("/version"), newest);
    assert_eq!(author.prompt("p").await.field("/live/production"), newest);
    assert_eq!(operator.active("p").await.field("/revision"), deployments.items("revision")[0]);
});

both!(names_at_once_are_given_once, async |db| {
    let (_, _, author, _) = story(db).await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..12 {
        let author = author.clone();
        tasks.spawn(
            async move { author.publish(if n % 2 == 0 { "Same" } else { "same" }, "text").await.status },
        );
    }
    let mut statuses = Vec::new();
    while let Some(status) = tasks.join_next().await {
        statuses.push(status.expect("answered"));
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [[201].as_slice(), [409; 11].as_slice()].concat());
});

on_postgres!(writers_on_two_servers, async |db| {
    let (_, _, author, _) = story(db).await;
    let other = crate::server::Server::start(db).await;
    author.post("/prompts", json!({"name": "p", "kind": "text"})).await.good();
    let there = other.person(author.key.as_deref().expect("a key"));
    let people = (0..32).map(|n| if n % 2 == 0 { author.clone() } else { there.clone() }).collect();
    assert_eq!(write_at_once(people, 0).await, (1..=32).collect::<Vec<_>>());
});
