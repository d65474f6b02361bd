//! Projects, their environments, values shared by the servers, and what the servers report.

use promptory_core::approval::{Freeze, ServingChange};
use promptory_store::{EnvironmentRow, NewProject, Rows};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::applying::Applies;
use crate::story::{START, at};

fn new_project(id: &str, name: &str) -> NewProject {
    NewProject { id: id.to_owned(), name: name.to_owned(), created_at: START }
}

both!(a_freeze_is_kept_until_it_is_ended, async |db| {
    let project = db.project().await;
    let row = async || {
        let rows = db.reader().await.project(&project).environments().await.expect("readable");
        rows.into_iter().find(|row| row.name == "staging").expect("there")
    };
    assert!(row().await.freeze().is_none());
    for until in [None, Some(at(99))] {
        let freeze = Freeze { since: at(10), until, reason: "a holiday".to_owned() };
        let present = row().await;
        let change = ServingChange::Freeze { environment: "staging".to_owned(), freeze: freeze.clone() };
        db.change(&project, 10, async |tx| tx.one(change, Rows::Environment(&present)).await.map(drop)).await;
        assert_eq!(row().await.freeze(), Some(freeze));
    }
    let present = row().await;
    let end = ServingChange::Unfreeze { environment: "staging".to_owned() };
    db.change(&project, 20, async |tx| tx.one(end.clone(), Rows::Environment(&present)).await.map(drop))
        .await;
    assert!(row().await.freeze().is_none());
    let mut tx = db.begin(&project, 30).await;
    let other = EnvironmentRow { name: "production".to_owned(), ..present };
    assert!(tx.one(end, Rows::Environment(&other)).await.is_err(), "of another environment");
});

both!(a_project_is_made_once, async |db| {
    assert!(db.store.insert_project(&new_project("p1", "default"), true).await.expect("inserted"));
    for again in [new_project("p1", "default"), new_project("p2", "default"), new_project("p1", "other")] {
        assert!(!db.store.insert_project(&again, true).await.expect("no error"), "{again:?}");
    }
    let mut reader = db.reader().await;
    let projects = reader.projects("", 10).await.expect("readable");
    assert_eq!(projects.len(), 1);
    let found = reader.project_by_name("default").await.expect("readable").expect("there");
    assert_eq!((found.id.as_str(), found.revision, found.created_at), ("p1", 0, START));
    assert!(reader.project_by_name("Default").await.expect("readable").is_none());
    let environments = reader.project(&"p1".into()).environments().await.expect("readable");
    let seen: Vec<_> =
        environments.iter().map(|row| (row.name.as_str(), row.position, row.production)).collect();
    assert_eq!(seen, [("development", 1, false), ("staging", 2, false), ("production", 3, true)]);
});

both!(servers_that_start_at_once_make_one_project, async |db| {
    let mut servers = JoinSet::new();
    for n in 0..16 {
        let store = db.store.clone();
        servers.spawn(async move {
            store.insert_project(&new_project(&format!("p{n}"), "default"), true).await.expect("no error")
        });
    }
    let made = servers.join_all().await;
    assert_eq!(made.into_iter().filter(|made| *made).count(), 1);
    let mut raw = db.raw().await;
    assert_eq!((raw.count("project").await, raw.count("environment").await), (1, 3));
    raw.close().await;
});

both!(a_project_without_environments_and_the_count_of_the_others, async |db| {
    assert!(db.store.insert_project(&new_project("i", "$instance"), false).await.expect("inserted"));
    assert!(db.store.insert_project(&new_project("p", "default"), true).await.expect("inserted"));
    let mut reader = db.reader().await;
    assert!(reader.project(&"i".into()).environments().await.expect("readable").is_empty());
    assert_eq!(reader.count_projects_without("$instance").await.expect("readable"), 1);
    assert_eq!(reader.count_projects_without("nobody").await.expect("readable"), 2);
});

both!(the_first_shared_value_holds, async |db| {
    let mut servers = JoinSet::new();
    for n in 0..8 {
        let store = db.store.clone();
        servers.spawn(async move { store.shared_value("epoch", &format!("value {n}")).await.expect("kept") });
    }
    let values = servers.join_all().await;
    assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
    assert_eq!(db.store.shared_value("other", "x").await.expect("kept"), "x");
    db.project().await;
    assert_eq!(db.store.heads().await.expect("heads")[0].epoch, values[0]);
});

both!(a_new_environment_moves_the_ones_behind_it, async |db| {
    let project = db.project().await;
    let committed = db
        .change(&project, 10, async |tx| {
            let row = tx.add_environment("canary", 3).await?;
            assert_eq!((row.position, row.production), (3, false));
            Ok(())
        })
        .await;
    let rows = db.reader().await.project(&project).environments().await.expect("readable");
    let names: Vec<(&str, i64)> = rows.iter().map(|row| (row.name.as_str(), row.position)).collect();
    assert_eq!(names, [("development", 1), ("staging", 2), ("canary", 3), ("production", 4)]);
    assert!(rows[3].production);
    let changes = db.store.changes(&project, 0, committed.revision).await.expect("changes");
    let details: Vec<Value> =
        changes.iter().map(|row| serde_json::from_str(&row.detail).expect("JSON")).collect();
    let expected: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({"name": row.name, "position": row.position, "production": row.production,
                "rollback": "allowed", "stages": false, "pin_idle_s": 3600})
        })
        .collect();
    assert_eq!(details, expected, "the feed carries the whole new order");
    assert!(db.begin(&project, 20).await.add_environment("canary", 1).await.is_err());
});

both!(the_policy_of_an_environment_is_kept_and_told, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let policies = async |project| {
        let rows = db.reader().await.project(project).environments().await.expect("readable");
        rows.into_iter().map(|row| row.rollback).collect::<Vec<_>>()
    };
    assert_eq!(policies(&project).await, ["allowed"; 3]);
    let staging = db.reader().await.project(&project).environments().await.expect("readable").remove(1);
    for (now, rollback) in [(10, "fix_forward"), (20, "allowed"), (30, "fix_forward")] {
        let committed = db.change(&project, now, async |tx| tx.apply_policy(&staging, rollback).await).await;
        assert_eq!(policies(&project).await, ["allowed", rollback, "allowed"]);
        let changes = db.store.changes(&project, committed.revision - 1, committed.revision).await;
        let changes = changes.expect("changes");
        let detail: Value = serde_json::from_str(&changes[0].detail).expect("JSON");
        let expected = json!({"name": "staging", "position": 2, "production": false, "rollback": rollback,
            "stages": false, "pin_idle_s": 3600});
        assert_eq!((changes.len(), changes[0].kind.as_str(), detail), (1, "environment", expected));
    }
    assert_eq!(policies(&other).await, ["allowed"; 3], "another project's environment of that name");
    // A new environment before it moves it, with its policy.
    db.change(&project, 40, async |tx| tx.add_environment("canary", 2).await.map(drop)).await;
    assert_eq!(policies(&project).await, ["allowed", "allowed", "fix_forward", "allowed"]);
});

both!(servers_report_and_old_ones_are_forgotten, async |db| {
    let report = async |id: &str, applied: &[(&str, i64)], now| {
        let applied: Vec<(String, i64)> = applied.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect();
        db.store.report_node(id, &applied, now, now - 100).await.expect("reported");
    };
    report("n1", &[("p1", 1), ("p2", 1)], 1_000).await;
    report("n2", &[("p1", 1)], 1_050).await;
    report("n1", &[("p1", 7)], 1_060).await;
    let mut raw = db.raw().await;
    let nodes = "SELECT id, project_id, CAST(applied_revision AS TEXT), CAST(seen_at AS TEXT) FROM node";
    assert_eq!(raw.lines(nodes).await, ["n1 | p1 | 7 | 1060", "n1 | p2 | 1 | 1000", "n2 | p1 | 1 | 1050"]);
    report("n2", &[], 1_100).await;
    assert_eq!(raw.count("node").await, 3, "seen at the bound is not old");
    report("n1", &[("p1", 8)], 1_155).await;
    assert_eq!(raw.lines(nodes).await, ["n1 | p1 | 8 | 1155"]);
    raw.close().await;
});
