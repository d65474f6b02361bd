//! Only one holder at a time, and who lost it changes nothing any more.

use crate::story::audit;

both!(a_lease_has_one_holder_and_a_rising_fence, async |db| {
    let (store, other) = (&db.store, db.open_again().await);
    assert!(store.lease("rollouts").await.expect("readable").is_none());
    assert_eq!(store.take_lease("rollouts", "one", None).await.expect("written"), Some(1));
    assert_eq!(other.take_lease("rollouts", "two", None).await.expect("written"), None, "it is held");
    let seen = other.lease("rollouts").await.expect("readable").expect("there");
    assert_eq!((seen.holder.as_str(), seen.renewals, seen.fence), ("one", 1, 1));
    assert!(store.renew_lease("rollouts", "one", 1).await.expect("written"));
    let late = other.take_lease("rollouts", "two", Some(&seen)).await.expect("written");
    assert_eq!(late, None, "it was renewed since it was seen");
    let seen = other.lease("rollouts").await.expect("readable").expect("there");
    assert_eq!(other.take_lease("rollouts", "two", Some(&seen)).await.expect("written"), Some(2));
    assert!(!store.renew_lease("rollouts", "one", 1).await.expect("written"), "it was lost");
    store.give_back_lease("rollouts", "one", 1).await.expect("written");
    let seen = store.lease("rollouts").await.expect("readable").expect("there");
    assert_eq!(seen.holder, "two", "what is lost is not given back");
    other.give_back_lease("rollouts", "two", 2).await.expect("written");
    let free = store.lease("rollouts").await.expect("readable").expect("there");
    assert_eq!((free.holder.as_str(), free.fence), ("", 2));
    assert_eq!(store.take_lease("rollouts", "one", Some(&free)).await.expect("written"), Some(3));
    other.close().await;
});

both!(a_change_knows_whether_its_server_holds_the_lease, async |db| {
    let project = db.project().await;
    assert_eq!(db.store.take_lease("rollouts", "one", None).await.expect("written"), Some(1));
    for (holder, fence, expected) in [("one", 1, true), ("one", 2, false), ("two", 1, false)] {
        let mut tx = db.begin(&project, 10).await;
        assert_eq!(
            tx.holds_lease("rollouts", holder, fence).await.expect("readable"),
            expected,
            "{holder} {fence}"
        );
        tx.commit(audit("test.held")).await.expect("committed");
    }
    let seen = db.store.lease("rollouts").await.expect("readable").expect("there");
    assert_eq!((seen.renewals, seen.fence), (1, 1), "asking renews nothing");
});
