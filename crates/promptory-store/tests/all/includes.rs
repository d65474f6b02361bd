//! What versions include as it is written, and what the includes of a build mean.

use promptory_store::{Archive, Included, LoadedLive};

use crate::applying::Applies;
use crate::story::{activation, folded, going_back, new_include, new_version};

both!(what_is_written_comes_back_in_its_order, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let prompt = db.prompt(&project, "a").await;
    let mut ids = Vec::new();
    for sequence in 1..=3 {
        ids.push(db.version(&project, &prompt, sequence).await);
    }
    let written =
        ["Zebra", "apple@^1", "apple", "Zebra@1.0.0", "été/日本@stable", "b", "c", "d", "e", "f", "g"];
    db.change(&project, 10, async |tx| {
        let includes: Vec<_> = written.iter().map(|one| new_include(one)).collect();
        tx.insert_includes(&ids[1], &includes).await?;
        tx.insert_includes(&ids[2], &[new_include("only")]).await?;
        tx.insert_includes(&ids[0], &[]).await
    })
    .await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let rows = reader.includes_of_version(&ids[1]).await.expect("readable");
    let text = |name: &str, reference: Option<&str>| {
        reference.map_or_else(|| name.to_owned(), |reference| format!("{name}@{reference}"))
    };
    let seen: Vec<_> = rows.iter().map(|row| text(&row.name, row.reference.as_deref())).collect();
    assert_eq!(seen, written);
    assert!(rows.iter().all(|row| row.version_id == ids[1]));
    assert!(reader.includes_of_version(&ids[0]).await.expect("readable").is_empty());
    for (first, last, expected) in [(1, 3, 12), (1, 2, 11), (3, 3, 1), (1, 1, 0), (4, 9, 0)] {
        let rows = reader.includes_of_versions(&prompt, first, last).await.expect("readable");
        assert_eq!(rows.len(), expected, "{first}..={last}");
    }
    let both = reader.includes_of_versions(&prompt, 2, 3).await.expect("readable");
    let seen: Vec<_> = both.iter().map(|row| text(&row.name, row.reference.as_deref())).collect();
    assert_eq!(seen, [&written[..], &["only"]].concat());
    let mut elsewhere = db.reader().await;
    let mut elsewhere = elsewhere.project(&other);
    assert!(elsewhere.includes_of_version(&ids[1]).await.expect("readable").is_empty());
    assert!(elsewhere.includes_of_versions(&prompt, 1, 3).await.expect("readable").is_empty());
});

both!(who_includes_a_name_in_pages, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let part = "Parts/Greeting";
    let mut expected = Vec::new();
    for name in ["b", "A", "É", "z", "none"] {
        let prompt = db.prompt(&project, name).await;
        for sequence in 1..=3 {
            let version = db.version(&project, &prompt, sequence).await;
            let include =
                if sequence == 2 || name == "none" { "parts/greetings" } else { "pArts/greeting@^1" };
            db.change(&project, 0, async |tx| tx.insert_includes(&version, &[new_include(include)]).await)
                .await;
            if include.ends_with("^1") {
                expected.push((folded(name), sequence, version));
            }
        }
    }
    expected.sort();
    let archived = format!("{project}/b@3");
    let mut archived_at = 0;
    db.change(&project, 10, async |tx| {
        archived_at = tx.at().micros();
        let prompt_id = format!("{project}/b");
        tx.apply_archive(&Archive::Version { prompt_id: &prompt_id, id: &archived, archived: true }).await
    })
    .await;
    let mut reader = db.reader().await;
    for limit in 1..=9 {
        let (mut seen, mut after) = (Vec::new(), (String::new(), 0_i64, -1_i64));
        loop {
            let mut reader = reader.project(&project);
            let page =
                reader.included_by(&folded(part), (&after.0, after.1, after.2), limit).await.expect("a page");
            assert!(page.len() as i64 <= limit);
            let Some(last) = page.last() else { break };
            after = (folded(&last.prompt), last.sequence, last.ordinal);
            for row in page {
                assert_eq!((row.written.as_str(), row.reference.as_deref()), ("pArts/greeting", Some("^1")));
                assert_eq!((row.major, row.minor, row.patch, row.pre.as_str()), (1, row.sequence, 0, ""));
                let expected = (row.version_id == archived).then_some(archived_at);
                assert_eq!(row.archived_at, expected, "{}", row.version_id);
                seen.push((folded(&row.prompt), row.sequence, row.version_id));
            }
        }
        assert_eq!(seen, expected, "in pages of {limit}");
    }
    assert!(
        reader.project(&project).included_by("nobody", ("", 0, -1), 9).await.expect("readable").is_empty()
    );
    assert!(
        reader.project(&other).included_by(&folded(part), ("", 0, -1), 9).await.expect("readable").is_empty()
    );
});

both!(a_version_that_includes_a_name_twice_is_there_with_both, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    let written = ["part@2", "other", "PART", "part@1"].map(new_include);
    db.change(&project, 0, async |tx| tx.insert_includes(&version, &written).await).await;
    let mut reader = db.reader().await;
    let rows = reader.project(&project).included_by("part", ("", 0, -1), 9).await.expect("readable");
    let seen: Vec<_> = rows.iter().map(|row| (&*row.written, row.reference.as_deref())).collect();
    assert_eq!(seen, [("part", Some("2")), ("PART", None), ("part", Some("1"))], "as it is written");
    let after = (&*folded(&rows[0].prompt), rows[0].sequence, rows[0].ordinal);
    let rest = reader.project(&project).included_by("part", after, 9).await.expect("readable");
    assert_eq!(rest.len(), 2, "a page may end between two of one version");
});

fn facts(included: &[Included]) -> Vec<(String, String)> {
    included.iter().map(|one| (one.name.clone(), one.version.id.clone())).collect()
}

both!(a_build_keeps_what_its_includes_mean, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let prompt = db.prompt(&project, "a").await;
    let (x, y) = (db.prompt(&project, "x").await, db.prompt(&project, "y").await);
    let version = db.version(&project, &prompt, 1).await;
    let (x1, y1) = (db.version(&project, &x, 1).await, db.version(&project, &y, 1).await);
    let unused = db.version(&project, &y, 2).await;
    let of = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    let first = [of(&y1, "y"), of(&x1, "X"), of(&y1, "y again")];
    for (now, build, includes) in
        [(10, "h1", &first[..]), (20, "h2", &[of(&x1, "x")]), (30, "h1", &[of(&x1, "x"), of(&x1, "x")])]
    {
        db.change(&project, now, async |tx| tx.keep_build(&version, build, includes).await).await;
    }
    let mut reader = db.reader().await;
    let rows = reader.project(&project).build_includes(&version, "h1").await.expect("readable");
    let seen: Vec<_> = rows.iter().map(|row| of(&row.included_id, &row.name)).collect();
    assert_eq!(seen, first, "kept once, in the build's order");
    assert!(rows.iter().all(|row| (&row.version_id, &*row.build_hash) == (&version, "h1")));
    let expected = new_version(&x, 1, (1, 1, 0, ""));
    let row = rows[1].clone().included();
    assert_eq!((row.name.as_str(), &row.version.content), ("X", &expected.content));
    assert_eq!((&row.version.template, &row.version.variables), (&expected.template, &expected.variables));
    assert_eq!(
        (&row.version.settings, &row.version.content_hash),
        (&expected.settings, &expected.content_hash)
    );
    let number = (row.version.major, row.version.minor, row.version.patch, row.version.pre.as_str());
    assert_eq!((number, row.version.sequence), ((1, 1, 0, ""), 1));

    let included = db.store.build_includes(&project, &version, "h2").await.expect("readable");
    assert_eq!(facts(&included), [("x".to_owned(), x1.clone())]);
    for (project, version, build) in
        [(&project, &version, "h3"), (&project, &x1, "h1"), (&other, &version, "h1")]
    {
        assert!(db.store.build_includes(project, version, build).await.expect("readable").is_empty());
    }
    for (id, is_in) in [(&x1, true), (&y1, true), (&unused, false), (&version, false)] {
        assert_eq!(reader.project(&project).is_in_a_build(id).await.expect("readable"), is_in, "{id}");
    }
    assert!(!reader.project(&other).is_in_a_build(&x1).await.expect("readable"));
});

both!(live_builds_that_hold_a_prompt, async |db| {
    let project = db.project().await;
    let part = db.prompt(&project, "part").await;
    let (p1, p2) = (db.version(&project, &part, 1).await, db.version(&project, &part, 2).await);
    let other = db.prompt(&project, "other").await;
    let o1 = db.version(&project, &other, 1).await;
    let mut ids = Vec::new();
    for name in ["B", "a"] {
        let prompt = db.prompt(&project, name).await;
        let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
        db.change(&project, 5, async |tx| {
            let part = |id: &String| (id.clone(), "part".to_owned());
            tx.keep_build(&one, &format!("build-{one}"), &[part(&p1), (o1.clone(), "other".to_owned())])
                .await?;
            tx.keep_build(&one, "another build", &[part(&p2)]).await?;
            tx.keep_build(&two, &format!("build-{two}"), &[part(&p2), part(&p1)]).await
        })
        .await;
        ids.push((one, two));
    }
    let live_with = async || {
        let rows = db.reader().await.project(&project).live_with(&part).await.expect("readable");
        let line = |row: promptory_store::LiveWithRow| {
            assert_eq!(row.build_hash, format!("build-{}", row.version_id));
            assert_eq!((row.major, row.patch, row.pre.as_str()), (1, 0, ""));
            assert_eq!((row.included_major, row.included_patch, row.included_pre.as_str()), (1, 0, ""));
            (row.prompt, row.environment, row.minor, row.included_minor)
        };
        rows.into_iter().map(line).collect::<Vec<_>>()
    };
    let of = |prompt: &str, environment: &str, minor, part| {
        (prompt.to_owned(), environment.to_owned(), minor, part)
    };
    assert!(live_with().await.is_empty());
    for (n, (one, _)) in ids.iter().enumerate() {
        for environment in ["staging", "production"] {
            let id = format!("{n} {environment}");
            db.activate(&project, 10, activation(&id, environment, one, None)).await;
        }
    }
    let (b, a) = (&ids[0], &ids[1]);
    assert_eq!(
        live_with().await,
        [
            of("a", "production", 1, 1),
            of("a", "staging", 1, 1),
            of("B", "production", 1, 1),
            of("B", "staging", 1, 1)
        ]
    );
    db.activate(&project, 20, activation("d1", "production", &a.1, Some(&a.0))).await;
    db.activate(&project, 30, activation("d2", "staging", &b.1, Some(&b.0))).await;
    db.activate(&project, 40, going_back("d3", "staging", &b.0, &b.1)).await;
    assert_eq!(
        live_with().await,
        [
            of("a", "production", 2, 2),
            of("a", "production", 2, 1),
            of("a", "staging", 1, 1),
            of("B", "production", 1, 1),
            of("B", "staging", 1, 1)
        ],
        "what is not live any more is not there"
    );
    let elsewhere = db.project().await;
    assert!(db.reader().await.project(&elsewhere).live_with(&part).await.expect("readable").is_empty());
});

both!(a_load_gives_each_build_what_it_includes, async |db| {
    let project = db.project().await;
    let (prompt, part) = (db.prompt(&project, "a").await, db.prompt(&project, "part").await);
    let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
    let (p1, p2) = (db.version(&project, &part, 1).await, db.version(&project, &part, 2).await);
    db.change(&project, 5, async |tx| {
        let includes = [(p2.clone(), "part".to_owned()), (p1.clone(), "was".to_owned())];
        tx.keep_build(&one, &format!("build-{one}"), &includes).await
    })
    .await;
    db.activate(&project, 10, activation("d1", "production", &one, None)).await;
    db.activate(&project, 20, activation("d2", "production", &two, Some(&one))).await;
    db.activate(&project, 30, activation("d3", "staging", &p1, None)).await;
    let make = |prompt: &promptory_store::PromptRow, row: LoadedLive, includes: &[Included]| {
        assert_eq!(prompt.id, row.prompt_id);
        (row.deployment_id, facts(includes))
    };
    let mut loaded = db.store.load(&project, 9, make).await.expect("readable").expect("there").live;
    loaded.sort();
    let held = vec![("part".to_owned(), p2), ("was".to_owned(), p1)];
    assert_eq!(loaded, [("d1".to_owned(), held), ("d2".to_owned(), vec![]), ("d3".to_owned(), vec![])]);
});
