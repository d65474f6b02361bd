//! What was live where and when, and what was taken back.

use promptory_core::id::ProjectId;
use promptory_store::{Archive, LoadedLive};

use crate::applying::{Activation, Applies};
use crate::{
    harness::Db,
    story::{START, activation, at, going_back},
};

/// Sequence, deployment, and whether it was taken back.
async fn occupants(db: &Db, project: &ProjectId, prompt: &str) -> Vec<(i64, String, bool)> {
    let mut reader = db.reader().await;
    let rows = reader.project(project).occupants(prompt, "production").await.expect("readable");
    rows.into_iter().map(|row| (row.sequence, row.deployment_id, row.taken_back)).collect()
}

fn occupant(sequence: i64, deployment: &str, taken_back: bool) -> (i64, String, bool) {
    (sequence, deployment.to_owned(), taken_back)
}

/// Versions 1 to 3 live in production one after the other, at 100, 200 and 300, then back to the first at 400.
async fn there_and_back(db: &Db, project: &ProjectId) -> (String, Vec<String>) {
    let prompt = db.prompt(project, "a").await;
    let mut ids: Vec<String> = Vec::new();
    for sequence in 1..=3 {
        let id = db.version(project, &prompt, sequence).await;
        let (deployment, from) = (format!("d{sequence}"), ids.last().map(String::as_str));
        db.activate(project, 100 * sequence, activation(&deployment, "production", &id, from)).await;
        ids.push(id);
    }
    db.activate(project, 400, going_back("d4", "production", &ids[0], &ids[2])).await;
    (prompt, ids)
}

both!(each_build_is_an_occupant_at_its_last_time, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let (prompt, ids) = there_and_back(db, &project).await;
    assert_eq!(
        occupants(db, &project, &prompt).await,
        [occupant(1, "d4", false), occupant(3, "d3", true), occupant(2, "d2", false)]
    );
    db.activate(&project, 500, activation("d5", "production", &ids[2], Some(&ids[0]))).await;
    assert_eq!(
        occupants(db, &project, &prompt).await,
        [occupant(3, "d5", false), occupant(1, "d4", false), occupant(2, "d2", false)],
        "what is live again is not taken back"
    );
    // Another build of a version is an occupant of its own; another environment has its own.
    let build = |id: &str, environment: &str, from: Option<&str>| Activation {
        build_hash: "another".to_owned(),
        ..activation(id, environment, &ids[0], from)
    };
    db.activate(&project, 600, build("d6", "production", Some(&ids[2]))).await;
    db.activate(&project, 700, build("d7", "staging", None)).await;
    let archive = Archive::Version { prompt_id: &prompt, id: &ids[1], archived: true };
    db.change(&project, 800, async |tx| tx.apply_archive(&archive).await).await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let rows = reader.occupants(&prompt, "production").await.expect("readable");
    let builds: Vec<_> = rows.iter().map(|row| (row.version_id.clone(), row.build_hash.as_str())).collect();
    let of = |n: usize| format!("build-{}", ids[n]);
    assert_eq!(
        builds,
        [
            (ids[0].clone(), "another"),
            (ids[2].clone(), &*of(2)),
            (ids[0].clone(), &*of(0)),
            (ids[1].clone(), &*of(1))
        ]
    );
    let times: Vec<_> = rows.iter().map(|row| row.since - START).collect();
    assert_eq!(times, [600, 500, 400, 200]);
    let archived: Vec<_> = rows.iter().map(|row| row.archived_at).collect();
    assert_eq!(archived, [None, None, None, Some(at(800).micros())]);
    assert!(
        rows.iter()
            .all(|row| (row.major, row.minor, row.patch) == (1, row.sequence, 0) && row.pre.is_empty())
    );
    assert_eq!(reader.occupants(&prompt, "staging").await.expect("readable").len(), 1);
    assert!(reader.occupants(&prompt, "development").await.expect("readable").is_empty());
    assert!(occupants(db, &other, &prompt).await.is_empty());
});

/// Deployments as a load gives them: the live ones, then past ones.
async fn loaded(db: &Db, project: &ProjectId, past: i64) -> (Vec<String>, Vec<String>) {
    let make = |_: &promptory_store::PromptRow, row: LoadedLive, _: &[promptory_store::Included]| row;
    let all = db.store.load(project, past, make).await.expect("readable").expect("there").live;
    let (mut live, mut past) = (Vec::new(), Vec::new());
    for row in all {
        if row.until.is_none() {
            assert!(past.is_empty(), "live ones come first");
            live.push(row.deployment_id);
        } else {
            past.push(row.deployment_id);
        }
    }
    live.sort();
    (live, past)
}

both!(a_load_gives_the_most_recent_past_builds, async |db| {
    let project = db.project().await;
    let (prompt, ids) = there_and_back(db, &project).await;
    let of = |live: &[&str], past: &[&str]| {
        let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        (texts(live), texts(past))
    };
    assert_eq!(
        loaded(db, &project, 9).await,
        of(&["d4"], &["d2"]),
        "neither what is live nor what was taken back"
    );
    db.activate(&project, 500, activation("d5", "production", &ids[2], Some(&ids[0]))).await;
    assert_eq!(loaded(db, &project, 9).await, of(&["d5"], &["d4", "d2"]));
    assert_eq!(loaded(db, &project, 1).await, of(&["d5"], &["d4"]));
    assert_eq!(loaded(db, &project, 0).await, of(&["d5"], &[]));
    // Many that were taken back do not push out what was not.
    let mut live = ids[2].clone();
    for n in 0..4_i64 {
        let bad = db.version(&project, &prompt, 10 + n).await;
        let (there, back) = (format!("there {n}"), format!("back {n}"));
        db.activate(&project, 600 + 20 * n, activation(&there, "production", &bad, Some(&live))).await;
        db.activate(&project, 610 + 20 * n, going_back(&back, "production", &live, &bad)).await;
        live.clone_from(&ids[2]);
    }
    assert_eq!(loaded(db, &project, 2).await, of(&["back 3"], &["d4", "d2"]));
    // Each environment of each prompt has its own.
    db.activate(&project, 900, activation("s1", "staging", &ids[0], None)).await;
    db.activate(&project, 910, activation("s2", "staging", &ids[1], Some(&ids[0]))).await;
    assert_eq!(loaded(db, &project, 1).await, of(&["back 3", "s2"], &["d4", "s1"]));
});

both!(the_last_time_of_a_version_in_an_environment, async |db| {
    let project = db.project().await;
    let (_, ids) = there_and_back(db, &project).await;
    let rebuilt =
        Activation { build_hash: "rebuilt".to_owned(), ..activation("d5", "staging", &ids[1], None) };
    db.activate(&project, 500, rebuilt).await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    for (n, environment, expected) in [
        (0, "production", Some(("d4", format!("build-{}", ids[0]), 400))),
        (1, "production", Some(("d2", format!("build-{}", ids[1]), 200))),
        (1, "staging", Some(("d5", "rebuilt".to_owned(), 500))),
        (0, "staging", None),
        (2, "moon", None),
    ] {
        let row = reader.last_live(&ids[n], environment).await.expect("readable");
        let seen = row.as_ref().map(|row| (&*row.deployment_id, row.build_hash.clone(), row.since - START));
        assert_eq!(seen, expected, "{n} in {environment}");
        assert!(row.is_none_or(|row| row.version_id == ids[n]));
    }
    let other = db.project().await;
    let mut elsewhere = db.reader().await;
    assert!(elsewhere.project(&other).last_live(&ids[0], "production").await.expect("readable").is_none());
});

/// Archived from 150 to 250, and from 350 on.
async fn archived_twice(db: &Db, project: &ProjectId) -> String {
    let prompt = db.prompt(project, "a").await;
    let (one, two) = (db.version(project, &prompt, 1).await, db.version(project, &prompt, 2).await);
    db.activate(project, 100, activation("a1", "production", &one, None)).await;
    db.archive(project, 150, "a", true).await;
    db.activate(project, 200, activation("a2", "production", &two, Some(&one))).await;
    db.archive(project, 250, "a", false).await;
    db.activate(project, 300, activation("a3", "production", &one, Some(&two))).await;
    db.archive(project, 350, "a", true).await;
    prompt
}

const TIMES: [(i64, Option<&str>); 12] = [
    (99, None),
    (100, Some("a1")),
    (149, Some("a1")),
    (150, None),
    (200, None),
    (249, None),
    (250, Some("a2")),
    (299, Some("a2")),
    (300, Some("a3")),
    (349, Some("a3")),
    (350, None),
    (9_000_000, None),
];

both!(an_archived_prompt_was_live_nowhere_for_just_that_time, async |db| {
    let project = db.project().await;
    let prompt = archived_twice(db, &project).await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    for (now, expected) in TIMES {
        let row = reader.live_at(&prompt, "production", at(now).micros()).await.expect("readable");
        assert_eq!(row.map(|row| row.deployment_id).as_deref(), expected, "at {now}");
    }
    let mut raw = db.raw().await;
    let times = "SELECT prompt_id, CAST(since AS TEXT), CAST(until AS TEXT) FROM prompt_archived";
    let of = |since: i64, until: &str| format!("{prompt} | {} | {until}", at(since).micros());
    assert_eq!(raw.lines(times).await, [of(150, &at(250).micros().to_string()), of(350, "∅")]);
    raw.close().await;
});

both!(what_an_environment_served_at_a_time, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    archived_twice(db, &project).await;
    let second = db.prompt(&project, "B").await;
    let version = db.version(&project, &second, 1).await;
    db.activate(&project, 400, activation("b1", "production", &version, None)).await;
    db.activate(&project, 410, activation("b2", "staging", &version, None)).await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    for (now, expected) in TIMES {
        let rows = reader.environment_at("production", at(now).micros(), "", 9).await.expect("readable");
        let of_a: Vec<_> =
            rows.iter().filter(|row| row.prompt == "a").map(|row| row.deployment_id.as_str()).collect();
        assert_eq!(of_a, Vec::from_iter(expected), "at {now}");
        assert_eq!(rows.len() - of_a.len(), usize::from(now >= 400), "at {now}");
    }
    let rows = reader.environment_at("production", at(300).micros(), "", 9).await.expect("readable");
    let row = &rows[0];
    assert_eq!((row.since - START, row.until, row.sequence), (300, None, 1));
    assert_eq!((row.major, row.minor, row.patch, row.pre.as_str()), (1, 1, 0, ""));
    assert_eq!((&*row.build_hash, &*row.content_hash), (&*format!("build-{project}/a@1"), "hash-1"));
    assert!(row.revision > 0);
    let before = reader.environment_at("production", at(250).micros(), "", 9).await.expect("readable");
    assert_eq!(before[0].until, Some(at(300).micros()));
    // Restored, both are there, in order of name, and in pages.
    db.archive(&project, 500, "a", false).await;
    let now = at(600).micros();
    for (after, limit, expected) in
        [("", 9, &["a", "B"][..]), ("", 1, &["a"]), ("a", 1, &["B"]), ("a", 9, &["B"]), ("b", 9, &[])]
    {
        let rows = reader.environment_at("production", now, after, limit).await.expect("readable");
        assert_eq!(rows.iter().map(|row| &*row.prompt).collect::<Vec<_>>(), expected, "{after} {limit}");
    }
    assert!(reader.environment_at("development", now, "", 9).await.expect("readable").is_empty());
    let mut elsewhere = db.reader().await;
    let mut elsewhere = elsewhere.project(&other);
    assert!(elsewhere.environment_at("production", now, "", 9).await.expect("readable").is_empty());
});
