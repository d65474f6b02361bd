//! Who is told, how far, and every attempt.

use promptory_core::id::ProjectId;
use promptory_store::{DeliveryRow, KeptSecret, WebhookRow, WebhookStanding};

use crate::story::{START, audit};

pub(crate) fn new_webhook(project: &ProjectId, id: &str) -> WebhookRow {
    WebhookRow {
        id: id.to_owned(),
        project_id: project.to_string(),
        url: format!("https://example.com/{id}"),
        events: r#"["*"]"#.to_owned(),
        secret: "whsec_AAAA".to_owned().into(),
        old_secret: KeptSecret::default(),
        old_until: 0,
        enabled: true,
        stopped_why: String::new(),
        sent_n: 0,
        attempts: 0,
        next_at: 0,
        failing_since: None,
        created_by: "key_1".to_owned(),
        created_at: START,
    }
}

/// A first attempt that was taken.
pub(crate) fn new_delivery(id: &str, n: i64) -> DeliveryRow {
    DeliveryRow {
        id: id.to_owned(),
        n,
        event: "test.change".to_owned(),
        attempt: 1,
        at: START,
        took_ms: 7,
        status: Some(204),
        error: String::new(),
    }
}

both!(an_endpoint_is_due_until_it_was_told_everything, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let head =
        async || db.store.read().await.expect("open").project(&project).audit_head().await.expect("there").n;
    let webhook = new_webhook(&project, "w1");
    db.change(&project, 10, async |tx| tx.insert_webhook(&webhook).await).await;
    let off = WebhookRow { enabled: false, ..new_webhook(&project, "w2") };
    let told = WebhookRow { sent_n: head().await + 1, ..new_webhook(&project, "w3") };
    db.change(&project, 11, async |tx| {
        tx.insert_webhook(&off).await?;
        tx.insert_webhook(&told).await
    })
    .await;
    db.change(&other, 12, async |tx| tx.insert_webhook(&new_webhook(&other, "w4")).await).await;
    let due = async |now: i64, limit: i64| {
        let rows = db.store.due_webhooks(now, limit).await.expect("readable");
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(due(0, 10).await, ["w1", "w4"]);
    assert_eq!(due(0, 1).await, ["w1"]);
    let entries = db.store.told_after(&project, 0, 10).await.expect("readable");
    assert_eq!(
        entries.iter().map(|entry| entry.n).collect::<Vec<_>>(),
        (1..=head().await).collect::<Vec<_>>()
    );
    assert_eq!(db.store.told_after(&project, head().await, 10).await.expect("readable").len(), 0);

    let failed = WebhookStanding { sent_n: 0, attempts: 1, next_at: 500, failing_since: Some(400) };
    let attempt = DeliveryRow { status: None, error: "refused".to_owned(), ..new_delivery("d1", 1) };
    db.store.delivered(&webhook, Some(&attempt), Some(failed)).await.expect("written");
    assert_eq!(due(499, 10).await, ["w4"]);
    assert_eq!(due(500, 10).await, ["w4", "w1"], "who waited longest first");
    let all = WebhookStanding { sent_n: head().await, attempts: 0, next_at: 0, failing_since: None };
    db.store.delivered(&webhook, Some(&new_delivery("d2", 1)), Some(all)).await.expect("written");
    assert_eq!(due(1_000, 10).await, ["w4"]);
    // From where it stood before: another server has told it meanwhile.
    db.store.delivered(&webhook, None, Some(failed)).await.expect("written");
    let mut reader = db.store.read().await.expect("open");
    let mut reader = reader.project(&project);
    assert_eq!(reader.webhook("w1").await.expect("readable").expect("there").sent_n, all.sent_n);
    assert!(reader.webhook("w4").await.expect("readable").is_none(), "of another project");
    assert_eq!(reader.webhooks().await.expect("readable").len(), 3);
    let ids = |rows: Vec<DeliveryRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(reader.deliveries("w1", "~", 10).await.expect("readable")), ["d2", "d1"]);
    assert_eq!(ids(reader.deliveries("w1", "d2", 10).await.expect("readable")), ["d1"]);
    assert_eq!(reader.delivery("w1", "d1").await.expect("readable"), Some(attempt));
    assert!(reader.delivery("w2", "d1").await.expect("readable").is_none());
});

both!(changed_swept_and_deleted, async |db| {
    let project = db.project().await;
    let webhook = new_webhook(&project, "w1");
    db.change(&project, 10, async |tx| tx.insert_webhook(&webhook).await).await;
    let changed = WebhookRow {
        url: "https://example.com/other".to_owned(),
        events: r#"["a.b"]"#.to_owned(),
        secret: "whsec_BBBB".to_owned().into(),
        old_secret: webhook.secret.clone(),
        old_until: 9,
        enabled: false,
        stopped_why: "gone".to_owned(),
        sent_n: 5,
        attempts: 2,
        next_at: 3,
        failing_since: Some(4),
        ..webhook.clone()
    };
    db.change(&project, 11, async |tx| tx.update_webhook(&changed).await).await;
    let mut tx = db.begin(&project, 12).await;
    assert_eq!(tx.project().webhook("w1").await.expect("readable"), Some(changed));
    tx.commit(audit("test.looked")).await.expect("committed");
    for (id, at) in [("d1", 10), ("d2", 20)] {
        let attempt = DeliveryRow { at: START + at, ..new_delivery(id, 1) };
        db.store.delivered(&webhook, Some(&attempt), None).await.expect("written");
    }
    assert_eq!(db.store.sweep_deliveries(START + 20).await.expect("written"), 1);
    db.change(&project, 13, async |tx| tx.delete_webhook("w1").await).await;
    assert_eq!(db.store.due_webhooks(i64::MAX, 10).await.expect("readable").len(), 0);
    // Of one that is gone: nothing is kept.
    db.store.delivered(&webhook, Some(&new_delivery("d3", 1)), None).await.expect("written");
    let mut reader = db.store.read().await.expect("open");
    let mut reader = reader.project(&project);
    assert!(reader.webhooks().await.expect("readable").is_empty());
    assert!(reader.deliveries("w1", "~", 10).await.expect("readable").is_empty());
});
