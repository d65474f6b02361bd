//! A walk through a list meets every row that was there throughout exactly once, whatever is written meanwhile.

use std::collections::BTreeMap;

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::json;

use crate::{
    db::Db,
    server::{Person, Server, encoded, story},
};

/// What happens between two pages.
#[derive(Debug, Clone)]
enum Change {
    Describe(usize),
    Reword(usize),
    Rename(usize, u8),
    Create(u8),
    Activate(usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0..8_usize).prop_map(Change::Describe),
        (0..8_usize).prop_map(Change::Reword),
        (0..8_usize, any::<u8>()).prop_map(|(which, letter)| Change::Rename(which, letter)),
        any::<u8>().prop_map(Change::Create),
        (0..8_usize).prop_map(Change::Activate),
    ]
}

async fn apply(admin: &Person, change: &Change, names: &mut [String], fresh: &mut i64) {
    *fresh += 1;
    let letter = |byte: u8| char::from(b'a' + byte % 26);
    match change {
        Change::Describe(which) => {
            let path = format!("/prompts/{}", encoded(&names[*which]));
            admin.patch(&path, json!({"description": format!("{fresh}")})).await.good();
        }
        Change::Reword(which) => {
            admin.reword(&names[*which], &format!("text {fresh}")).await.good();
        }
        Change::Rename(which, to) => {
            let name = format!("{}{fresh}", letter(*to));
            admin.patch(&format!("/prompts/{}", encoded(&names[*which])), json!({"name": name})).await.good();
            names[*which] = name;
        }
        Change::Create(at) => {
            admin.publish(&format!("{}-new-{fresh}", letter(*at)), "x").await.good();
        }
        Change::Activate(which) => {
            admin.activate(&names[*which], "latest", "staging").await.good();
        }
    }
}

/// Of each prompt that was there when the walk began, how often it was met.
async fn walk(app: &Server, sort: &str, changes: &[Vec<Change>]) -> BTreeMap<String, usize> {
    let admin = app.admin();
    app.clock.advance_seconds(1);
    let tag = format!("walk-{}", app.revision());
    let (mut names, mut met, mut fresh) = (Vec::new(), BTreeMap::new(), app.revision());
    for n in 0..8 {
        let name = format!("{}-{tag}", char::from(b'a' + n * 3));
        let body = json!({"name": name, "kind": "text", "version": {"content": "zero"}, "tags": [tag]});
        met.insert(admin.post("/prompts", body).await.good().field("/id"), 0);
        names.push(name);
        app.clock.advance_seconds(1);
    }
    let first = format!("/prompts?sort={sort}&limit=2");
    let mut path = first.clone();
    let mut changes = changes.iter();
    loop {
        let page = admin.get(&path).await.good();
        for id in page.items("id") {
            met.entry(id).and_modify(|times| *times += 1);
        }
        app.clock.advance_seconds(1);
        for change in changes.next().into_iter().flatten() {
            apply(&admin, change, &mut names, &mut fresh).await;
        }
        match page.json()["next_cursor"].as_str() {
            Some(next) => path = format!("{first}&cursor={next}"),
            None => return met,
        }
    }
}

#[test]
fn every_row_is_met_exactly_once() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let db = Db::sqlite();
    let (app, _, _, _) = runtime.block_on(story(&db));
    let sorts = prop::sample::select(vec!["name", "-name", "created", "-created", "changed", "-changed"]);
    let changes = prop::collection::vec(prop::collection::vec(change(), 0..4), 1..4);
    let config = Config { cases: 24, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let outcome = runner.run(&(sorts, changes), |(sort, changes)| {
        let met = runtime.block_on(walk(&app, sort, &changes));
        let wrong: Vec<_> = met.iter().filter(|(_, times)| **times != 1).collect();
        prop_assert!(wrong.is_empty(), "{sort}: {wrong:?}");
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    runtime.block_on(db.finish());
}
