//! What goes in comes out, byte for byte.

use promptory_store::PromptMetadata;

use crate::story::{audit, new_prompt, new_version};

fn samples() -> Vec<String> {
    let mut samples: Vec<String> = [
        "",
        " ",
        "  leading and trailing  ",
        "line\nline\r\nline\r",
        "\ttab \u{b} \u{1} \u{7f} \u{85} \u{a0} \u{2028} \u{feff}",
        "quotes ' \" ` '' \\' \\\\ \\n $1 ${x} ? :name % _ -- ; /* */",
        "NULL",
        "0010",
        "1e5",
        "😀 👩‍👩‍👧 e\u{301} é ß İ ſ 日本語 العربية \u{202e}rtl",
        "\u{10ffff}\u{fffd}\u{d7ff}",
        "{\"b\":1,\"a\":1.0,\"a\":10e-1}",
        "{{ x }}{% raw %}{% endraw %}",
    ]
    .map(str::to_owned)
    .into();
    samples.push("ü😀x\r\n".repeat(1024 * 1024 / 9));
    samples
}

both!(texts_come_back_byte_for_byte, async |db| {
    let project = db.project().await;
    for (n, text) in (1_i64..).zip(samples()) {
        let id = format!("p{n}");
        let mut prompt = new_prompt(&id, &format!("{id}{}", text.get(..text.len().min(200)).unwrap_or("x")));
        let same = || text.clone();
        prompt.metadata = PromptMetadata {
            description: same(),
            category: same(),
            owner: same(),
            tags: same(),
            metadata: same(),
        };
        let mut version = new_version(&id, 1, (1, 0, 0, ""));
        (version.content, version.variables, version.settings) = (same(), same(), same());
        (version.note, version.metadata, version.tags, version.author) = (same(), same(), same(), same());
        let mut entry = audit("prompt.create");
        (entry.detail, entry.actor_name, entry.prompt) = (same(), same(), Some(same()));
        let mut tx = db.begin(&project, n).await;
        assert!(tx.insert_prompt(&prompt).await.expect("inserted").is_some());
        tx.insert_version(&version).await.expect("inserted");
        tx.commit(entry).await.expect("committed");

        let mut reader = db.reader().await;
        let mut reader = reader.project(&project);
        let row = reader.prompt(&prompt.name_folded).await.expect("readable").expect("there");
        assert!(row.name == prompt.name, "name of sample {n}");
        for field in [row.description, row.category, row.owner, row.tags, row.metadata] {
            assert!(field == text, "prompt of sample {n}");
        }
        let row = reader.version_latest(&id).await.expect("readable").expect("there");
        for field in [row.content, row.variables, row.settings, row.note, row.metadata, row.tags, row.author]
        {
            assert!(field == text, "version of sample {n}");
        }
        let row = reader.audit_from(n - 1, 1).await.expect("readable").remove(0);
        assert!(
            row.detail == text && row.actor_name == text && row.prompt == Some(text),
            "audit of sample {n}"
        );
    }
    let all = i64::try_from(samples().len()).expect("few");
    assert_eq!(crate::audit::verify(db, &project, 5).await, Ok(all));
});
