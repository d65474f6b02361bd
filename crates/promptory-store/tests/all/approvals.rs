//! Requests for approval, decisions, emergencies, and what policies do to them.

use promptory_core::{
    access::Roles,
    approval::{ApprovalState, Decision, DecisionKind, Policy, ServingChange, Stage, Subject},
    time::Timestamp,
};
use promptory_store::{
    ApprovalFilter, ApprovalRow, NewApproval, NewEmergency, NewKey, NewVersion, Review, Rows, WriteTx,
};

use crate::{
    applying::{Applies, Done, Rolling, move_it},
    harness::Db,
    story::{START, activation, at, new_key, new_version},
};

/// By Ada, written by Bob, until 50.
pub(crate) async fn asked_for(
    tx: &mut WriteTx,
    id: &str,
    prompt: &str,
    version: &str,
    build_hash: &str,
) -> Done<ApprovalRow> {
    let (environment, build_hash) = ("production".to_owned(), build_hash.to_owned());
    let subject = Subject::Build { prompt: prompt.into(), environment, build_hash };
    let new = NewApproval {
        id,
        subject: &subject,
        version_id: Some(version),
        wanted: "",
        requester_id: Some("ada"),
        requester: "Ada",
        authors: &["bob".to_owned()],
        note: "please",
        look_at: at(50),
    };
    tx.open_approval(&new).await?;
    Ok(tx.project().approval(id).await?.expect("it was just opened"))
}

pub(crate) fn said(at: Timestamp, by: &str, kind: DecisionKind) -> Decision {
    let roles = Roles::parse_one("approver").expect("a role");
    Decision { at, by: Some(by.into()), roles, kind, comment: "because".to_owned() }
}

fn review() -> Policy {
    let roles = Roles::parse_one("approver").expect("a role");
    let stage = Stage { name: "review".to_owned(), roles, users: Vec::new(), approvals: 1 };
    Policy { stages: vec![stage], ..Policy::default() }
}

fn approve() -> DecisionKind {
    DecisionKind::Approve { stage: "review".to_owned() }
}

async fn two_versions(db: &Db) -> (promptory_core::id::ProjectId, String, [String; 2]) {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let versions = [db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await];
    (project, prompt, versions)
}

both!(what_was_decided_comes_back_as_it_was_said, async |db| {
    let (project, prompt, [one, two]) = two_versions(db).await;
    db.change(&project, 10, async |tx| {
        let row = asked_for(tx, "a1", &prompt, &one, "h1").await?;
        asked_for(tx, "a2", &prompt, &two, "h2").await?;
        tx.add_decision(&row, &said(at(11), "eve", DecisionKind::RequestChanges), "Eve", None).await?;
        tx.add_decision(&row, &said(at(12), "ada", DecisionKind::Comment), "Ada", Some(1)).await?;
        tx.add_decision(&row, &said(at(13), "eve", approve()), "Eve", None).await
    })
    .await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let row = reader.approval("a1").await.expect("readable").expect("there");
    assert_eq!(
        (row.prompt.as_deref(), row.minor, row.state.as_str(), row.standing),
        (Some("a"), Some(1), "pending", true)
    );
    let decisions = reader.decisions("a1").await.expect("readable");
    let threads: Vec<_> = decisions.iter().map(|row| (row.seq, row.reply_to)).collect();
    assert_eq!(threads, [(1, None), (2, Some(1)), (3, None)]);
    let approval = row.approval(&decisions).expect("whole");
    assert_eq!(approval.evaluate(&review(), at(14)).state, ApprovalState::Approved);
    assert_eq!(
        approval.decisions,
        [
            said(at(11), "eve", DecisionKind::RequestChanges),
            said(at(12), "ada", DecisionKind::Comment),
            said(at(13), "eve", approve())
        ]
    );
    assert_eq!((approval.requester, approval.authors), (Some("ada".into()), vec!["bob".into()]));

    let ids = |rows: Vec<ApprovalRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    let all = (i64::MAX, "~");
    let list = async |reader: &mut promptory_store::ProjectReader<'_>, before, filter| {
        ids(reader.approvals(before, filter, 9).await.expect("readable"))
    };
    assert_eq!(list(&mut reader, all, ApprovalFilter::default()).await, ["a2", "a1"]);
    assert_eq!(list(&mut reader, (at(10).micros(), "a2"), ApprovalFilter::default()).await, ["a1"]);
    for (filter, found) in [
        (ApprovalFilter { state: Some("open"), ..ApprovalFilter::default() }, 2),
        (ApprovalFilter { state: Some("approved"), ..ApprovalFilter::default() }, 0),
        (
            ApprovalFilter {
                requester_id: Some("ada"),
                prompt_id: Some(&prompt),
                ..ApprovalFilter::default()
            },
            2,
        ),
        (ApprovalFilter { requester_id: Some("bob"), ..ApprovalFilter::default() }, 0),
        (ApprovalFilter { environment: Some("staging"), ..ApprovalFilter::default() }, 0),
    ] {
        assert_eq!(list(&mut reader, all, filter).await.len(), found, "{filter:?}");
    }
    let standing = reader.standing_approvals("production", Some(&prompt)).await.expect("readable");
    assert_eq!(ids(standing), ["a1", "a2"]);
    assert!(reader.standing_approvals("production", None).await.expect("readable").is_empty());
    assert!(reader.was_asked_for(&one).await.expect("readable"));
    assert!(reader.version_facts(&one).await.expect("readable").rolling_out, "it is under approval");
    assert_eq!(reader.versions_facts(&prompt, 1, 2).await.expect("readable").len(), 2);
    assert_eq!(db.store.count_open_approvals().await.expect("readable"), 2);
});

both!(a_request_is_looked_at_when_it_is_time_or_the_policy_changes, async |db| {
    let (project, prompt, [one, _]) = two_versions(db).await;
    db.change(&project, 10, async |tx| asked_for(tx, "a1", &prompt, &one, "h1").await.map(drop)).await;
    let due = async |now: i64| db.store.due_approvals(START + now, 9).await.expect("readable");
    assert!(due(49).await.is_empty());
    assert_eq!(due(50).await, [(project.to_string(), "a1".to_owned())]);
    db.change(&project, 20, async |tx| {
        let rows = tx.project().environments().await?;
        let row = rows.into_iter().find(|row| row.production).expect("there");
        let change = ServingChange::Policy { environment: row.name.clone(), new: review() };
        tx.one(change, Rows::Environment(&row)).await.map(drop)
    })
    .await;
    assert_eq!(due(20).await.len(), 1, "another policy may mean something else");
    let rows = db.reader().await.project(&project).environments().await.expect("readable");
    let row = rows.iter().find(|row| row.production).expect("there");
    assert!(row.asks() && row.policy().expect("whole") == review());
    db.change(&project, 30, async |tx| tx.set_standing("a1", "approved", true, at(60)).await).await;
    assert!(due(59).await.is_empty());
    db.change(&project, 31, async |tx| tx.spend_approval("a1").await).await;
    assert!(due(i64::MAX - START).await.is_empty());
    let row = db.reader().await.project(&project).approval("a1").await.expect("readable").expect("there");
    assert_eq!((row.standing, row.spent_at, row.ended_at), (false, Some(START + 31), Some(START + 31)));
});

both!(a_completed_deployment_uses_its_approval_up, async |db| {
    let (project, prompt, [one, two]) = two_versions(db).await;
    db.activate(&project, 10, activation("d1", "production", &one, None)).await;
    let rolling = Rolling::new("d2", &activation("d2", "production", &two, Some(&one)), 10);
    let mut row = None;
    db.change(&project, 20, async |tx| {
        asked_for(tx, "a1", &prompt, &two, "h2").await?;
        row = Some(rolling.start(tx, None).await?);
        tx.link_deployment("a1", "d2").await
    })
    .await;
    let of = async || {
        let row = db.reader().await.project(&project).approval_of("d2").await.expect("readable");
        row.expect("linked").spent_at
    };
    assert_eq!(of().await, None);
    let step = row.expect("started").tick(at(3_600_000_030)).expect("it is time");
    db.change(&project, 3_600_000_030, async |tx| move_it(tx, step, None).await.map(drop)).await;
    assert_eq!(of().await, Some(START + 3_600_000_030));
    let mut reader = db.reader().await;
    let served = reader.project(&project).served_before(&two, "production", &format!("build-{two}")).await;
    let served = served.expect("readable").expect("it is live");
    assert_eq!((served.basis.as_str(), served.reviewed), ("no_stages", false));
    let other = reader.project(&project).served_before(&two, "production", "another").await;
    assert!(other.expect("readable").is_none());
});

both!(an_emergency_is_reviewed_once, async |db| {
    let (project, _, [one, _]) = two_versions(db).await;
    db.activate(&project, 10, activation("d1", "production", &one, None)).await;
    let new = NewEmergency {
        deployment_id: "d1",
        person_id: Some("ada"),
        name: "Ada",
        reason: "down",
        review_by: at(60),
    };
    db.change(&project, 20, async |tx| tx.insert_emergency(&new).await).await;
    let overdue = async |now: i64| db.store.count_overdue_emergencies(START + now).await.expect("readable");
    assert_eq!((overdue(59).await, overdue(60).await), (0, 1));
    let row = db.reader().await.project(&project).emergency("d1").await.expect("readable").expect("there");
    assert_eq!((row.prompt.as_str(), row.reason.as_str(), row.reviewed_at), ("a", "down", None));
    let review = Review { person_id: "eve", name: "Eve", approved: true, comment: "yes" };
    db.change(&project, 30, async |tx| tx.review_emergency(&row, &review).await.map(|done| assert!(done)))
        .await;
    db.change(&project, 31, async |tx| tx.review_emergency(&row, &review).await.map(|done| assert!(!done)))
        .await;
    assert_eq!(overdue(99).await, 0);
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    for (reviewed, found) in [(None, 1), (Some(true), 1), (Some(false), 0)] {
        let rows = reader.emergencies((i64::MAX, "~"), reviewed, 9).await.expect("readable");
        assert_eq!(rows.len(), found, "{reviewed:?}");
    }
    let served = reader.served_before(&one, "production", &format!("build-{one}")).await.expect("readable");
    assert!(served.expect("live").reviewed);
});

both!(who_wrote_a_build_and_whose_keys_are_known, async |db| {
    let (project, prompt, [one, _]) = two_versions(db).await;
    let by = |sequence: i64, person: &str| NewVersion {
        author_user: Some(person.to_owned()),
        ..new_version(&prompt, sequence, (1, sequence, 0, ""))
    };
    let (own, other) = (by(3, "ada"), by(4, "bob"));
    db.person(&project, 5, "ada").await;
    db.change(&project, 10, async |tx| {
        tx.insert_version(&own).await?;
        tx.insert_version(&other).await?;
        tx.keep_build(&own.id, "h", &[(other.id.clone(), "a".to_owned()), (one.clone(), "a".to_owned())])
            .await?;
        let key = NewKey { person_id: Some("ada".into()), personal: true, ..new_key("k1") };
        tx.insert_key(&key).await?;
        tx.insert_key(&NewKey { id: "k2".into(), hash: "h2".into(), personal: false, ..key }).await
    })
    .await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    assert_eq!(reader.build_authors(&own.id, "h").await.expect("readable"), ["ada", "bob"]);
    assert_eq!(reader.build_authors(&own.id, "another").await.expect("readable"), ["ada"]);
    assert!(reader.build_authors(&one, "h").await.expect("readable").is_empty());
    assert_eq!(reader.person_name("ada").await.expect("readable").as_deref(), Some("Ada"));
    assert_eq!(reader.person_name("nobody").await.expect("readable"), None);
    let personal = [
        reader.key_is_personal("k1").await.expect("readable"),
        reader.key_is_personal("k2").await.expect("readable"),
        reader.key_is_personal("none").await.expect("readable"),
    ];
    assert_eq!(personal, [true, false, false]);
});
