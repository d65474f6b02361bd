use promptory_core::cost::{BatchRates, Rates, Tier};

use crate::story::{at, audit, new_price};

both!(a_price_comes_back_whole, async |db| {
    let project = db.project().await;
    let mut full = new_price("p1", "m", 3);
    let rates =
        Rates { cached_read: Some(1), cached_write: Some(i64::MAX), reasoning: Some(0), ..full.price.rates };
    let batch = BatchRates { input: Some(7), ..BatchRates::default() };
    full.price.rates = rates;
    full.price.batch = batch;
    full.price.per_request = 5;
    full.price.tiers = vec![Tier { above_input_tokens: 200_000, rates, batch }];
    full.source = "https://example.com".into();
    let mut later = new_price("p2", "m", 4);
    later.valid_from = at(5);
    db.change(&project, 10, async |tx| tx.insert_prices(&[later.clone(), full.clone()], "key_1").await).await;
    let mut reader = db.reader().await;
    let rows = reader.project(&project).prices().await.expect("readable");
    let entries: Vec<_> = rows.iter().map(|row| row.entry().expect("whole")).collect();
    assert_eq!(entries, [full, later], "in order of time");
    assert_eq!((rows[0].created_at, rows[0].created_by.as_str()), (at(10).micros(), "key_1"));
    let loaded = db.store.load(&project, 0, |_, row, _| row).await.expect("readable").expect("there");
    assert_eq!(loaded.prices.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["p1", "p2"]);
});

both!(many_prices_are_one_change_and_an_end_another, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let three: Vec<_> = (1..=3).map(|n| new_price(&format!("p{n}"), &format!("m{n}"), n)).collect();
    db.change(&project, 10, async |tx| tx.insert_prices(&three, "key_1").await).await;
    for (project, expected) in [(&other, false), (&project, true), (&project, false)] {
        let mut tx = db.begin(project, 20).await;
        assert_eq!(tx.delete_price("p2").await.expect("asked"), expected);
        if expected {
            tx.commit(audit("price.delete")).await.expect("committed");
        }
    }
    let ids: Vec<_> =
        db.store.prices(&project).await.expect("readable").into_iter().map(|row| row.id).collect();
    assert_eq!(ids, ["p1", "p3"]);
    let changes = db.store.changes(&project, 0, 9).await.expect("changes");
    let kinds: Vec<_> = changes.iter().map(|row| (row.revision, row.kind.as_str())).collect();
    assert_eq!(kinds, [(1, "price"), (2, "price")]);
});

both!(a_model_has_one_price_from_a_time_on, async |db| {
    let (one, two) = (db.project().await, db.project().await);
    db.change(&one, 10, async |tx| tx.insert_prices(&[new_price("p1", "m", 1)], "key_1").await).await;
    db.change(&two, 10, async |tx| tx.insert_prices(&[new_price("p2", "m", 1)], "key_1").await).await;
    let error = db.begin(&one, 20).await.insert_prices(&[new_price("p3", "m", 2)], "key_1").await;
    let error = error.expect_err("refused").to_string();
    assert!(error.to_lowercase().contains("unique"), "{error}");
});
