//! What people say about versions.

use promptory_store::CommentRow;

use crate::story::START;

pub(crate) fn new_comment(id: &str, reply_to: Option<&str>) -> CommentRow {
    CommentRow {
        id: id.to_owned(),
        reply_to: reply_to.map(str::to_owned),
        person_id: Some("ada".to_owned()),
        author: "Ada".to_owned(),
        comment: "Reads well.".to_owned(),
        at: START,
        revision: 0,
    }
}

both!(comments_come_in_order_and_stay_with_their_version, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "p").await;
    let (first, second) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
    // Ids of one millisecond are in no order.
    for (n, row) in
        [new_comment("m2", None), new_comment("m1", Some("m2")), new_comment("m3", None)].iter().enumerate()
    {
        let now = i64::try_from(n).expect("few") + 4;
        db.change(&project, now, async |tx| tx.insert_comment((&prompt, &first), row).await).await;
    }
    let other = CommentRow { person_id: None, ..new_comment("m4", None) };
    db.change(&project, 9, async |tx| tx.insert_comment((&prompt, &second), &other).await).await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let all = reader.comments(&first, 0, 9).await.expect("readable");
    let told: Vec<(&str, Option<&str>)> =
        all.iter().map(|row| (row.id.as_str(), row.reply_to.as_deref())).collect();
    assert_eq!(told, [("m2", None), ("m1", Some("m2")), ("m3", None)]);
    assert_eq!(reader.comments(&first, all[0].revision, 1).await.expect("readable"), all[1..2]);
    let there = reader.comments(&second, 0, 9).await.expect("readable");
    assert_eq!((there.len(), &there[0].person_id), (1, &None));
    assert_eq!(reader.count_comments(&first).await.expect("readable"), 3);
    assert_eq!(reader.comment(&first, "m1").await.expect("readable").as_ref(), Some(&all[1]));
    assert_eq!(reader.comment(&second, "m1").await.expect("readable"), None);
});
