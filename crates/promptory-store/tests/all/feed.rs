//! The change feed: its rows in order, where it stands, and what streams tell again.

use promptory_store::ChangeRow;

use crate::applying::Applies;
use crate::story::{activation, at, new_include, new_key, new_prompt, new_version, row};

both!(changes_come_in_order_with_the_content_of_what_is_live, async |db| {
    let project = db.project().await;
    let other = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    db.prompt(&other, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    db.change(&project, 10, async |tx| {
        tx.apply_activation(&activation("d1", "production", &version, None)).await?;
        tx.apply_activation(&activation("d2", "staging", &version, None)).await?;
        tx.insert_key(&new_key("k1")).await
    })
    .await;
    let rows = db.store.changes(&project, 0, 3).await.expect("changes");
    let seen: Vec<(i64, &str, Option<&str>)> =
        rows.iter().map(|row| (row.revision, row.kind.as_str(), row.environment.as_deref())).collect();
    assert_eq!(
        seen,
        [
            (1, "prompt", None),
            (2, "version", None),
            (3, "live", Some("production")),
            (3, "live", Some("staging")),
            (3, "key", None),
        ]
    );
    let expected = new_version(&prompt, 1, (1, 1, 0, ""));
    for row in &rows[2..4] {
        assert_eq!(row.content.as_deref(), Some(expected.content.as_str()));
        assert_eq!(row.settings.as_deref(), Some(expected.settings.as_str()));
        assert_eq!((row.major, row.minor, row.sequence), (Some(1), Some(1), Some(1)));
        assert_eq!(
            (row.pre.as_deref(), row.build_hash.clone()),
            (Some(""), Some(format!("build-{version}")))
        );
    }
    assert!(rows[4].content.is_none() && rows[4].version_id.is_none());
    assert!(rows.iter().zip([0, 0, 10, 10, 10]).all(|(row, now)| row.at == at(now).micros() || now == 0));
    for (after, up_to, expected) in [(0, 0, 0), (0, 1, 1), (1, 2, 1), (2, 3, 3), (3, 9, 0), (0, i64::MAX, 5)]
    {
        let rows = db.store.changes(&project, after, up_to).await.expect("changes");
        assert_eq!(rows.len(), expected, "{after}..{up_to}");
    }
});

both!(heads_say_where_every_project_stands, async |db| {
    db.store.shared_value("epoch", "e1").await.expect("kept");
    let (one, two) = (db.project().await, db.project().await);
    db.change(&two, 0, async |_| Ok(())).await;
    let mut heads: Vec<_> = db.store.heads().await.expect("heads");
    heads.sort_by(|a, b| a.id.cmp(&b.id));
    let seen: Vec<_> =
        heads.iter().map(|head| (head.id.as_str(), head.revision, head.epoch.as_str())).collect();
    assert_eq!(seen, [(one.as_str(), 0, "e1"), (two.as_str(), 1, "e1")]);
    assert!(heads.iter().all(|head| head.name == head.id));
    assert!(db.store.load(&"nobody".into(), 9, |_, row, _| row).await.expect("readable").is_none());
});

both!(old_changes_are_swept_of_one_project, async |db| {
    let (one, two) = (db.project().await, db.project().await);
    for (n, project) in [&one, &two].into_iter().enumerate() {
        for now in [10, 20, 30] {
            let id = format!("{n} {now}");
            db.change(project, now, async |tx| tx.insert_prompt(&new_prompt(&id, &id)).await.map(drop)).await;
        }
    }
    assert_eq!(db.store.sweep_changes(&one, at(10).micros()).await.expect("swept"), 0);
    assert_eq!(db.store.sweep_changes(&one, at(21).micros()).await.expect("swept"), 2);
    let left = |rows: Vec<ChangeRow>| rows.into_iter().map(|row| row.revision).collect::<Vec<_>>();
    assert_eq!(left(db.store.changes(&one, 0, 9).await.expect("changes")), [3]);
    assert_eq!(left(db.store.changes(&two, 0, 9).await.expect("changes")), [1, 2, 3]);
    assert_eq!(db.store.heads().await.expect("heads").len(), 2);
});

both!(a_change_says_how_many_prompts_its_build_includes, async |db| {
    let project = db.project().await;
    let (prompt, part) = (db.prompt(&project, "a").await, db.prompt(&project, "b").await);
    let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
    let part = db.version(&project, &part, 1).await;
    let committed = db
        .change(&project, 10, async |tx| {
            tx.insert_includes(&two, &[new_include("b")]).await?;
            let included = (part.clone(), "b".to_owned());
            tx.keep_build(&two, &format!("build-{two}"), &[included.clone(), included]).await?;
            tx.apply_activation(&activation("d1", "production", &one, None)).await?;
            tx.apply_activation(&activation("d2", "production", &two, Some(&one))).await
        })
        .await;
    let rows = db.store.changes(&project, committed.revision - 1, committed.revision).await.expect("changes");
    assert_eq!(rows.iter().map(|row| row.includes).collect::<Vec<_>>(), [0, 2]);
});

both!(streams_are_told_again_in_order_and_up_to_a_limit, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let prompt = db.prompt(&project, "a").await;
    let gone = db.prompt(&project, "gone").await;
    db.prompt(&other, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    db.change(&project, 10, async |tx| {
        tx.apply_activation(&activation("d1", "production", &version, None)).await?;
        tx.apply_label(&prompt, "stable", &version, "key_1").await
    })
    .await;
    db.rename(&project, 20, "a", "b").await;
    let deleted = db
        .change(&project, 30, async |tx| {
            let row = row(tx, "gone").await;
            assert_eq!(row.id, gone);
            tx.apply_delete_prompt(&row).await
        })
        .await;
    let all = db.store.stream_changes(&project, 0, deleted.revision, 99).await.expect("readable");
    let seen: Vec<_> =
        all.iter().map(|row| (row.revision, row.kind.as_str(), row.prompt.as_deref(), row.minor)).collect();
    let told = [
        (1, "prompt", Some("b"), None),
        (2, "prompt", None, None),
        (3, "version", Some("b"), Some(1)),
        (4, "live", Some("b"), Some(1)),
        (4, "label", Some("b"), Some(1)),
        (5, "prompt", Some("b"), None),
        (6, "prompt", None, None),
    ];
    assert_eq!(seen, told, "with present names");
    assert_eq!(all[3].environment.as_deref(), Some("production"));
    assert_eq!(all[3].deployment_id.as_deref(), Some("d1"));
    assert_eq!(all[3].build_hash, Some(format!("build-{version}")));
    assert_eq!((all[3].major, all[3].patch, all[3].pre.as_deref()), (Some(1), Some(0), Some("")));
    assert_eq!(all[4].detail, r#"{"name":"stable"}"#);
    for (after, up_to, limit, expected) in
        [(0, 6, 3, &[1, 2, 3][..]), (3, 6, 2, &[4, 4]), (3, 5, 9, &[4, 4, 5]), (6, 9, 9, &[]), (0, 0, 9, &[])]
    {
        let rows = db.store.stream_changes(&project, after, up_to, limit).await.expect("readable");
        assert_eq!(rows.iter().map(|row| row.revision).collect::<Vec<_>>(), expected, "{after}..{up_to}");
    }
});
