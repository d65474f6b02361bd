use promptory_store::{PersonRow, SessionRow};

use crate::{
    harness::Db,
    story::{START, at, audit, new_key, new_session},
};

async fn person(db: &Db, id: &str) -> PersonRow {
    db.reader().await.person(id).await.expect("readable").expect("there")
}

async fn session(db: &Db, hash: &str, now: i64) -> Option<SessionRow> {
    db.reader().await.session(hash, at(now).micros()).await.expect("readable")
}

both!(a_person_is_one_in_all_projects, async |db| {
    let (one, two) = (db.project().await, db.project().await);
    db.person(&one, 10, "ada").await;
    let mut tx = db.begin(&two, 20).await;
    let same = tx.person_of("another id", "ada@example.com", "Somebody").await.expect("written");
    assert_eq!((same.id.as_str(), same.name.as_str(), same.created_at), ("ada", "Ada", at(10).micros()));
    assert!(tx.add_member("ada", "editor operator", "key_1").await.expect("written"));
    assert!(!tx.add_member("ada", "admin", "key_1").await.expect("written"), "she is in it already");
    tx.commit(audit("user.create")).await.expect("committed");

    let mut reader = db.reader().await;
    let by_email = reader.person_by_email("ada@example.com").await.expect("readable").expect("there");
    assert_eq!((by_email.id.as_str(), by_email.password_hash, by_email.instance_admin), ("ada", None, false));
    assert!(
        reader.person_by_email("ADA@example.com").await.expect("readable").is_none(),
        "it is stored lowered"
    );
    let all = reader.memberships("ada").await.expect("readable");
    let roles: Vec<_> = all.iter().map(|row| (row.project.as_str(), row.roles.as_str())).collect();
    assert_eq!(roles, [(one.as_str(), "viewer"), (two.as_str(), "editor operator")]);
    let member = reader.project(&one).member("ada", START).await.expect("readable").expect("there");
    assert_eq!((member.roles.as_str(), member.active, member.keys), ("viewer", false, 0));
});

both!(members_are_listed_changed_and_removed, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    for id in ["eve", "ada", "bob"] {
        db.person(&project, 10, id).await;
    }
    db.person(&other, 10, "kim").await;
    db.change(&project, 20, async |tx| {
        let owned = promptory_store::NewKey { person_id: Some("bob".into()), ..new_key("k1") };
        tx.insert_key(&owned).await?;
        let expired =
            promptory_store::NewKey { id: "k2".into(), hash: "h2".into(), expires_at: Some(START), ..owned };
        tx.insert_key(&expired).await
    })
    .await;
    let mut reader = db.reader().await;
    let page = reader.project(&project).members("ada@example.com", 9, START).await.expect("readable");
    let found: Vec<_> = page.iter().map(|row| (row.email.as_str(), row.keys)).collect();
    assert_eq!(found, [("bob@example.com", 1), ("eve@example.com", 0)]);
    assert_eq!(reader.project(&project).count_members().await.expect("readable"), 3);

    let mut tx = db.begin(&project, 30).await;
    tx.set_roles("bob", "operator").await.expect("written");
    tx.set_roles_of(&other, "kim", "approver").await.expect("written");
    tx.rename_person("bob", "Bob").await.expect("written");
    tx.remove_member("eve").await.expect("written");
    tx.remove_member("kim").await.expect("of another project: nothing happens");
    assert!(tx.add_member_of(&other, "bob", "viewer", "key_1").await.expect("written"));
    assert_eq!(tx.find_memberships("bob").await.expect("readable").len(), 2);
    tx.commit(audit("user.update")).await.expect("committed");
    let bob = reader.project(&project).member("bob", START).await.expect("readable").expect("there");
    assert_eq!((bob.name.as_str(), bob.roles.as_str()), ("Bob", "operator"));
    assert!(reader.project(&project).member("eve", START).await.expect("readable").is_none());
    let kim = reader.project(&other).member("kim", START).await.expect("readable").expect("there");
    assert_eq!(kim.roles, "approver");
    assert!(reader.project(&project).member("kim", START).await.expect("readable").is_none());
});

both!(a_password_ends_the_link_that_led_to_it, async |db| {
    let project = db.project().await;
    db.person(&project, 10, "ada").await;
    assert_eq!(db.reader().await.count_with_password().await.expect("readable"), 0);
    db.change(&project, 20, async |tx| {
        tx.set_link("ada", "first", at(99).micros()).await?;
        tx.set_link("ada", "second", at(100).micros()).await
    })
    .await;
    let mut reader = db.reader().await;
    assert!(reader.person_by_link("first").await.expect("readable").is_none(), "there is one at a time");
    let found = reader.person_by_link("second").await.expect("readable").expect("there");
    assert_eq!((found.id.as_str(), found.link_expires_at), ("ada", Some(at(100).micros())));
    drop(reader);

    let mut tx = db.begin(&project, 30).await;
    assert!(tx.find_person_by_link("second").await.expect("readable").is_some());
    tx.set_password("ada", "$argon2id$x").await.expect("written");
    assert!(tx.find_person_by_link("second").await.expect("readable").is_none());
    assert_eq!(tx.instance_admins().await.expect("readable"), 0);
    tx.make_instance_admin("ada").await.expect("written");
    assert_eq!(tx.instance_admins().await.expect("readable"), 1);
    let by_email = tx.find_person_by_email("ada@example.com").await.expect("readable").expect("there");
    assert_eq!(by_email.password_hash.as_deref(), Some("$argon2id$x"));
    tx.commit(audit("user.password")).await.expect("committed");
    let ada = person(db, "ada").await;
    assert_eq!((ada.link_expires_at, ada.instance_admin), (None, true));
    let mut reader = db.reader().await;
    assert_eq!(reader.count_with_password().await.expect("readable"), 1);
    assert_eq!(reader.count_instance_admins().await.expect("readable"), 1);
});

both!(a_session_lasts_until_it_ends, async |db| {
    let project = db.project().await;
    for id in ["ada", "bob"] {
        db.person(&project, 5, id).await;
    }
    db.change(&project, 10, async |tx| {
        for (id, hash) in [("ada", "a1"), ("ada", "a2"), ("ada", "a3"), ("bob", "b1")] {
            tx.insert_session(&new_session(id, hash, at(100).micros())).await?;
        }
        Ok(())
    })
    .await;
    let found = session(db, "a1", 99).await.expect("it lasts");
    assert_eq!(
        (found.person_id.as_str(), found.email.as_str(), found.name.as_str()),
        ("ada", "ada@example.com", "Ada")
    );
    assert_eq!(
        (found.created_at, found.last_seen, found.expires_at),
        (at(10).micros(), at(10).micros(), at(100).micros())
    );
    assert!(session(db, "a1", 100).await.is_none(), "over is over");
    assert_eq!(person(db, "ada").await.last_seen, Some(at(10).micros()));

    db.store.touch_session(&found, at(50).micros(), at(150).micros()).await.expect("written");
    db.store
        .touch_session(&found, at(40).micros(), at(140).micros())
        .await
        .expect("an older use changes nothing");
    let touched = session(db, "a1", 149).await.expect("it lasts longer");
    assert_eq!((touched.last_seen, touched.expires_at), (at(50).micros(), at(150).micros()));
    assert_eq!(person(db, "ada").await.last_seen, Some(at(50).micros()));

    let mut reader = db.reader().await;
    assert_eq!(reader.count_sessions(at(99).micros()).await.expect("readable"), 4);
    assert_eq!(reader.count_sessions(at(100).micros()).await.expect("readable"), 1);
    drop(reader);
    db.change(&project, 60, async |tx| {
        assert_eq!(tx.end_sessions("ada", Some("a1")).await?, 2);
        assert!(tx.end_session("b1").await?);
        assert!(!tx.end_session("b1").await?);
        Ok(())
    })
    .await;
    assert!(session(db, "a1", 60).await.is_some() && session(db, "a2", 60).await.is_none());
    assert_eq!(db.store.sweep_sessions(at(149).micros()).await.expect("swept"), 0);
    assert_eq!(db.store.sweep_sessions(at(150).micros()).await.expect("swept"), 1);
    assert!(session(db, "a1", 60).await.is_none());
});

both!(a_key_does_what_its_owner_may, async |db| {
    let project = db.project().await;
    db.person(&project, 5, "ada").await;
    let owned = promptory_store::NewKey {
        person_id: Some("ada".into()),
        scopes: "read write".into(),
        ..new_key("k1")
    };
    db.change(&project, 10, async |tx| {
        tx.insert_key(&owned).await?;
        tx.insert_key(&new_key("k2")).await
    })
    .await;
    let mut reader = db.reader().await;
    let keys = reader.project(&project).keys_of("ada").await.expect("readable");
    assert_eq!(keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["k1"]);
    assert_eq!(keys[0].granted.as_deref(), Some("read write"));
    let owners = reader.project(&project).key_owners().await.expect("readable");
    assert_eq!(
        owners.iter().map(|owner| (owner.id.as_str(), owner.name.as_str())).collect::<Vec<_>>(),
        [("ada", "Ada")]
    );

    db.change(&project, 20, async |tx| tx.set_key_scopes(&keys[0], "read").await).await;
    let key = reader.project(&project).key("k1").await.expect("readable").expect("there");
    assert_eq!(
        (key.scopes.as_str(), key.granted.as_deref(), key.person_id.as_deref()),
        ("read", Some("read write"), Some("ada"))
    );
    let changes = db.store.changes(&project, 2, 9).await.expect("changes");
    let told: serde_json::Value =
        serde_json::from_str(&changes.last().expect("the change").detail).expect("JSON");
    assert_eq!(told, crate::story::key_facts(&key), "every server is told all of the key");
    let loaded = db.store.load(&project, 0, |_, row, _| row).await.expect("readable").expect("there");
    assert_eq!(loaded.keys.iter().filter(|key| key.scopes == "read" && key.person_id.is_some()).count(), 1);
    db.change(&project, 30, async |tx| tx.revoke_key(&key).await.map(drop)).await;
    assert!(reader.project(&project).keys_of("ada").await.expect("readable").is_empty());
    assert!(START < at(30).micros());
});
