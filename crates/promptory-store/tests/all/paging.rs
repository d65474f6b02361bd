//! Walking all pages of a list yields each row once, in one order, the same on both databases.

use std::collections::BTreeMap;

use promptory_core::id::ProjectId;
use promptory_store::{AuditFilter, DeploymentFilter, NewProject};
use proptest::{collection::vec, prelude::*};

use crate::applying::Applies;
use crate::story::{START, activation, at, folded, new_key, new_prompt, new_version};

/// Letters of both cases, letters that a language sorts unlike their bytes, what LIKE and SQL treat specially.
fn name() -> impl Strategy<Value = String> {
    "[a-cA-CzZ0éÉäÄßœñ日😀%_\\\\/.' -]{1,6}"
}

/// Each name once, in the order of its bytes: what every list must give.
fn sorted(names: &[String]) -> BTreeMap<String, String> {
    let mut by_folded = BTreeMap::new();
    for name in names {
        by_folded.entry(folded(name)).or_insert_with(|| name.clone());
    }
    by_folded
}

both_for_all!(pages_of_an_environment, 12, (vec(name(), 0..40), 1..9_i64), async |db, (names, size)| {
    let project = db.project().await;
    let expected = sorted(&names);
    db.change(&project, 0, async |tx| {
        for (n, name) in names.iter().enumerate() {
            let id = format!("{project}/{n}");
            // One name in two cases is one prompt.
            if tx.insert_prompt(&new_prompt(&id, name)).await?.is_some() {
                let version = new_version(&id, 1, (1, 0, 0, ""));
                tx.insert_version(&version).await?;
                tx.apply_activation(&activation(&id, "production", &version.id, None)).await?;
            }
        }
        Ok(())
    })
    .await;
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let mut reader = db.reader().await;
        let mut reader = reader.project(&project);
        let page = reader.environment_at("production", at(9).micros(), &after, size).await.expect("a page");
        assert!(page.len() as i64 <= size);
        let Some(last) = page.last() else { break };
        after = folded(&last.prompt);
        seen.extend(page.into_iter().map(|row| row.prompt));
    }
    assert_eq!(seen, expected.values().cloned().collect::<Vec<_>>());
    let count = db.reader().await.project(&project).count_prompts().await;
    assert_eq!(count.expect("readable"), expected.len() as i64);
});

both_for_all!(pages_of_projects, 8, (vec(name(), 1..20), 1..6_i64), async |db, (names, size)| {
    // All cases share the list: each has its own beginning of names.
    let prefix = db.project().await.to_string();
    let mut expected: Vec<String> = names.iter().map(|name| format!("{prefix}{name}")).collect();
    for (n, name) in expected.iter().enumerate() {
        let new = NewProject { id: format!("{prefix}:{n}"), name: name.clone(), created_at: START };
        db.store.insert_project(&new, false).await.expect("no error");
    }
    expected.sort();
    expected.dedup();
    let (mut seen, mut after) = (Vec::new(), prefix.clone());
    loop {
        let page = db.reader().await.projects(&after, size).await.expect("a page");
        let Some(last) = page.last() else { break };
        after = last.name.clone();
        seen.extend(page.into_iter().map(|row| row.name));
    }
    seen.retain(|name| name.starts_with(&prefix));
    assert_eq!(seen, expected);
});

both_for_all!(pages_of_versions, 4, (0..30_i64, 1..9_i64), async |db, (count, size)| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    db.change(&project, 0, async |tx| {
        for sequence in 1..=count {
            tx.insert_version(&new_version(&prompt, sequence, (1, 0, count - sequence, ""))).await?;
        }
        Ok(())
    })
    .await;
    let (mut seen, mut before) = (Vec::new(), i64::MAX);
    loop {
        let page = db.reader().await.project(&project).versions(&prompt, before, size).await.expect("a page");
        let Some(last) = page.last() else { break };
        before = last.sequence;
        seen.extend(page.into_iter().map(|row| row.sequence));
    }
    assert_eq!(seen, (1..=count).rev().collect::<Vec<_>>());
});

/// Ids made in one change share their time, so that the id decides.
fn groups() -> impl Strategy<Value = (Vec<Vec<String>>, i64)> {
    (vec(vec(name(), 1..6), 0..8), 1..7_i64)
}

/// (time, id) of everything that `groups` makes, in order, ids made unique.
fn numbered(project: &ProjectId, groups: &[Vec<String>]) -> Vec<(i64, Vec<String>)> {
    let id = |group: usize, n: usize, name: &str| format!("{name}:{project}:{group}:{n}");
    let ids = |group: usize, names: &[String]| {
        names.iter().enumerate().map(|(n, name)| id(group, n, name)).collect::<Vec<_>>()
    };
    groups.iter().enumerate().map(|(n, names)| (10 * (n as i64 + 1), ids(n, names))).collect()
}

fn in_order(groups: &[(i64, Vec<String>)]) -> Vec<(i64, String)> {
    let mut all: Vec<(i64, String)> =
        groups.iter().flat_map(|(now, ids)| ids.iter().map(|id| (at(*now).micros(), id.clone()))).collect();
    all.sort();
    all
}

both_for_all!(pages_of_keys, 8, groups(), async |db, (groups, size)| {
    let project = db.project().await;
    let groups = numbered(&project, &groups);
    for (now, ids) in &groups {
        db.change(&project, *now, async |tx| {
            for id in ids {
                tx.insert_key(&new_key(id)).await?;
            }
            Ok(())
        })
        .await;
    }
    let (mut seen, mut after) = (Vec::new(), (0, String::new()));
    loop {
        let mut reader = db.reader().await;
        let page = reader.project(&project).keys((after.0, &after.1), size).await.expect("a page");
        let Some(last) = page.last() else { break };
        after = (last.created_at, last.id.clone());
        seen.extend(page.into_iter().map(|row| (row.created_at, row.id)));
    }
    assert_eq!(seen, in_order(&groups));
});

both_for_all!(pages_of_deployments, 8, groups(), async |db, (groups, size)| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    let groups = numbered(&project, &groups);
    let mut from = None;
    for (now, ids) in &groups {
        db.change(&project, *now, async |tx| {
            for id in ids {
                tx.apply_activation(&activation(id, "production", &version, from.as_deref())).await?;
                from = Some(version.clone());
            }
            Ok(())
        })
        .await;
    }
    for (prompt_id, environment, found) in [
        (None, None, true),
        (Some(prompt.as_str()), Some("production"), true),
        (None, Some("staging"), false),
        (Some("other"), None, false),
    ] {
        let (mut seen, mut before) = (Vec::new(), (i64::MAX, String::new()));
        loop {
            let mut reader = db.reader().await;
            let mut reader = reader.project(&project);
            let filter = DeploymentFilter { prompt_id, environment, state: None };
            let page = reader.deployments((before.0, &before.1), filter, size).await.expect("a page");
            let Some(last) = page.last() else { break };
            before = (last.created_at, last.id.clone());
            seen.extend(page.into_iter().map(|row| (row.created_at, row.id)));
        }
        seen.reverse();
        assert_eq!(seen, if found { in_order(&groups) } else { Vec::new() });
    }
});

both_for_all!(pages_of_the_audit_log, 4, (0..25_i64, 1..9_i64), async |db, (count, size)| {
    let project = db.project().await;
    for now in 0..count {
        db.change(&project, now, async |_| Ok(())).await;
    }
    let (mut seen, mut before) = (Vec::new(), i64::MAX);
    loop {
        let mut reader = db.reader().await;
        let mut reader = reader.project(&project);
        let page = reader.audit_page(&AuditFilter::default(), before, size).await.expect("a page");
        let Some(last) = page.last() else { break };
        before = last.n;
        seen.extend(page.into_iter().map(|row| row.n));
    }
    assert_eq!(seen, (1..=count).rev().collect::<Vec<_>>());
});

both!(what_a_prompt_shows_beside_it, async |db| {
    let project = db.project().await;
    for name in ["a", "b", "c"] {
        let prompt = db.prompt(&project, name).await;
        if name == "c" {
            continue;
        }
        let first = db.version(&project, &prompt, 1).await;
        let second = db.version(&project, &prompt, 2).await;
        for environment in ["production", "staging"] {
            let id = format!("{name} {environment}");
            db.activate(&project, 10, activation(&id, environment, &first, None)).await;
        }
        db.activate(&project, 20, activation(name, "staging", &second, Some(&first))).await;
    }
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    for (name, live, latest) in
        [("a", &[("production", 1), ("staging", 2)][..], Some((2, 2))), ("c", &[], None)]
    {
        let prompt = format!("{project}/{name}");
        let rows = reader.prompt_live(&prompt).await.expect("readable");
        let seen: Vec<_> = rows.iter().map(|row| (row.environment.as_str(), row.minor)).collect();
        assert_eq!(seen, live, "{name}");
        let newest = reader.prompt_latest(&prompt).await.expect("readable");
        assert_eq!(newest.map(|row| (row.sequence, row.minor)), latest, "{name}");
    }
});
