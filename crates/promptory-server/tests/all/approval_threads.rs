//! What is said of a request beside its decisions.

use serde_json::json;

use crate::approvals::{one_stage, team};

both!(what_is_said_of_a_request_stays_in_threads, async |db| {
    let team = team(db, one_stage()).await;
    let (_, id) = team.waits().await;
    let path = format!("/approvals/{id}/comment");
    let answer = |seq: i64| json!({"comment": "words", "reply_to": seq});
    team.author.post(&path, answer(1)).await.is(422).refused("invalid");
    team.lead.decides(&id, "request-changes").await.is(200);
    team.author.decides(&id, "comment").await.is(200);
    // A decision is answered like a comment, and an answer to an answer stays in the thread.
    team.author.post(&path, answer(1)).await.is(200);
    team.second.post(&path, answer(2)).await.is(200);
    team.lead.post(&path, answer(3)).await.is(200);
    let rejected = team.lead.decides(&id, "reject").await.is(200);
    assert_eq!(
        (rejected.field("/decisions/1/seq"), rejected.field("/decisions/1/reply_to")),
        ("6".into(), "null".into())
    );
    // Also when it is over.
    team.operator.post(&path, answer(6)).await.is(200);
    let shown = team.author.approval(&id).await.json();
    let comments = shown["comments"].as_array().expect("a list");
    let threads: Vec<_> =
        comments.iter().map(|one| (one["seq"].as_i64(), one["reply_to"].as_i64())).collect();
    let expected = [(2, None), (3, Some(1)), (4, Some(2)), (5, Some(1)), (7, Some(6))];
    assert_eq!(threads, expected.map(|(seq, reply_to)| (Some(seq), reply_to)));
    let entry = team.app.admin().get("/audit?action=approval.comment&limit=1").await.good();
    assert_eq!(entry.json()["items"][0]["detail"]["reply_to"], 6);

    team.operator.activate("p", "2", "production").await.is(201);
    let open = team.operator.get("/approvals?state=open").await.items("id").remove(0);
    team.operator.decides(&open, "comment").await.is(200);
    for (word, seq) in
        [("comment", 0), ("comment", 2), ("approve", 1), ("request-changes", 1), ("withdraw", 1)]
    {
        let refused = team.operator.post(&format!("/approvals/{open}/{word}"), answer(seq)).await;
        let refused = refused.is(422).refused("invalid");
        assert_eq!(refused.field("/errors/0/pointer"), "/reply_to", "{word} {seq}");
    }
    assert_eq!(team.lead.approval(&open).await.field("/state"), "pending");
});
