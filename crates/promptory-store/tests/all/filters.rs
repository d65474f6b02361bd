//! Filters of the list of prompts mean the same on both databases.

use promptory_store::{Archive, PromptFilter};

use crate::story::{about, folded, new_prompt};

/// Name, description, tags.
const PROMPTS: [(&str, &str, &[&str]); 8] = [
    ("Support/Reply", "Answers a customer", &["prod", "a\"b"]),
    ("support/50%_off", "Half PRICE", &["Prod"]),
    ("support/500_off", "", &["50%"]),
    (r"path\to", r"back\slash", &[r"a\b"]),
    ("Émile", "GRÜSSE aus ÉVIAN", &["été"]),
    ("straße", "ΣΊΣΥΦΟΣ", &["prod2"]),
    ("日本", "emoji 😀", &["日本", "x,y"]),
    ("zebra", "d_e", &[]),
];

fn contains(text: &str) -> PromptFilter {
    PromptFilter { contains: Some(text.to_owned()), ..PromptFilter::default() }
}

fn tag(text: &str) -> PromptFilter {
    PromptFilter { tag: Some(text.to_owned()), ..PromptFilter::default() }
}

fn other(category: Option<&str>, owner: Option<&str>, archived: Option<bool>) -> PromptFilter {
    let text = |text: Option<&str>| text.map(str::to_owned);
    PromptFilter { category: text(category), owner: text(owner), archived, ..PromptFilter::default() }
}

/// Filter and the places in `PROMPTS` of what it finds.
fn cases() -> Vec<(PromptFilter, Vec<usize>)> {
    let all: Vec<usize> = (0..PROMPTS.len()).collect();
    let mut both = contains("support");
    both.tag = Some("Prod".to_owned());
    vec![
        (PromptFilter::default(), all.clone()),
        (contains(""), all.clone()),
        (contains("support"), vec![0, 1, 2]),
        (contains("SUPPORT/R"), vec![0]),
        (contains("customer"), vec![0]),
        (contains("price"), vec![1]),
        (contains("50%"), vec![1]),
        (contains("0_off"), vec![2]),
        (contains("%"), vec![1]),
        (contains("_"), vec![1, 2, 7]),
        (contains(r"\"), vec![3]),
        (contains(r"\t"), vec![3]),
        (contains(r"k\s"), vec![3]),
        (contains("émile"), vec![4]),
        (contains("Évian"), vec![4]),
        (contains("grüsse"), vec![4]),
        (contains("ß"), vec![5]),
        (contains("σίσυφοσ"), vec![5]),
        (contains("本"), vec![6]),
        (contains("😀"), vec![6]),
        (contains("d_e"), vec![7]),
        (contains("' OR 1=1 --"), vec![]),
        (tag("prod"), vec![0]),
        (tag("Prod"), vec![1]),
        (tag("pro"), vec![]),
        (tag("a\"b"), vec![0]),
        (tag("b"), vec![]),
        (tag("50%"), vec![2]),
        (tag("5%"), vec![]),
        (tag(r"a\b"), vec![3]),
        (tag("été"), vec![4]),
        (tag("ÉTÉ"), vec![]),
        (tag("日本"), vec![6]),
        (tag("x,y"), vec![6]),
        (tag("x"), vec![]),
        (tag(""), vec![]),
        (both, vec![1]),
        (other(Some("support"), None, None), all.clone()),
        (other(Some("Support"), None, None), vec![]),
        (other(None, Some("team-a"), None), all),
        (other(None, Some("team-b"), None), vec![]),
        (other(None, None, Some(true)), vec![7]),
        (other(None, None, Some(false)), (0..7).collect()),
        (other(Some("support"), Some("team-a"), Some(true)), vec![7]),
    ]
}

both!(filters_find_the_same_on_both, async |db| {
    let project = db.project().await;
    let elsewhere = db.project().await;
    db.prompt(&elsewhere, "support").await;
    db.change(&project, 0, async |tx| {
        for (n, (name, description, tags)) in PROMPTS.iter().enumerate() {
            let mut prompt = new_prompt(&n.to_string(), name);
            prompt.metadata = about(description, &serde_json::Value::from(tags.to_vec()).to_string());
            assert!(tx.insert_prompt(&prompt).await?);
        }
        tx.apply_archive(&Archive::Prompt { id: "7", name: "zebra", kind: "text", archived: true }).await
    })
    .await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    for (filter, expected) in cases() {
        let mut names: Vec<String> = expected.iter().map(|place| folded(PROMPTS[*place].0)).collect();
        names.sort();
        let rows = reader.prompts(&filter, "", 100).await.expect("readable");
        assert_eq!(rows.iter().map(|row| folded(&row.name)).collect::<Vec<_>>(), names, "{filter:?}");
        assert_eq!(reader.count_prompts(&filter).await.expect("readable"), names.len() as i64, "{filter:?}");
    }
});

both!(a_changed_description_is_found_by_its_new_words, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    db.change(&project, 10, async |tx| tx.update_prompt(&prompt, &about("Ärger", "[\"neu\"]")).await).await;
    let mut reader = db.reader().await;
    for (filter, expected) in [(contains("ärger"), 1), (contains("other"), 0), (tag("neu"), 1)] {
        assert_eq!(reader.project(&project).count_prompts(&filter).await.expect("readable"), expected);
    }
});
