//! Short words for what the tests do again and again.

use promptory_core::{
    approval::DecisionKind,
    cost::{Entry, Price, Rates, forever},
    id::ProjectId,
    time::Timestamp,
};
use promptory_store::{
    Answer, Archive, Committed, IdempotencyKey, KeyRow, NewAudit, NewEmergency, NewInclude, NewKey,
    NewProject, NewPrompt, NewSession, NewUses, NewVersion, PromptMetadata, PromptRow, Reader, StoreError,
    WriteTx,
};

use crate::{
    applying::{Activation, Applies, Rolling, end_as_rolled_back, rolled_back},
    approvals::{asked_for, said},
    calls::{Desk, calls, line, number, opinion, pack, pack_key, today},
    comments::new_comment,
    harness::Db,
    webhooks::{new_delivery, new_webhook},
};

/// The start of every test's time, in microseconds.
pub(crate) const START: i64 = 1_790_000_000_000_000;

pub(crate) fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(START + micros)
}

pub(crate) fn audit(action: &str) -> NewAudit {
    NewAudit {
        actor: "key_1".to_owned(),
        actor_name: "Ada".to_owned(),
        action: action.to_owned(),
        prompt: Some("support/reply".to_owned()),
        address: Some("192.0.2.1".to_owned()),
        detail: r#"{"why":"test"}"#.to_owned(),
        ..NewAudit::default()
    }
}

/// As core folds a name.
pub(crate) fn folded(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).collect()
}

pub(crate) fn new_prompt(id: &str, name: &str) -> NewPrompt {
    NewPrompt {
        id: id.to_owned(),
        name: name.to_owned(),
        name_folded: folded(name),
        kind: "text".to_owned(),
        metadata: about("", "[]"),
        created_by: "key_1".to_owned(),
    }
}

pub(crate) fn about(description: &str, tags: &str) -> PromptMetadata {
    PromptMetadata {
        description: description.to_owned(),
        category: "support".to_owned(),
        owner: "team-a".to_owned(),
        tags: tags.to_owned(),
        metadata: "{}".to_owned(),
    }
}

pub(crate) fn new_version(prompt: &str, sequence: i64, number: (i64, i64, i64, &str)) -> NewVersion {
    NewVersion {
        id: format!("{prompt}@{sequence}"),
        prompt_id: prompt.to_owned(),
        sequence,
        major: number.0,
        minor: number.1,
        patch: number.2,
        pre: number.3.to_owned(),
        content: format!("Hello {{{{ name }}}}, this is {sequence}"),
        template: "jinja".to_owned(),
        variables: r#"[{"name":"name"}]"#.to_owned(),
        settings: r#"{"temperature":0.10}"#.to_owned(),
        content_hash: format!("hash-{sequence}"),
        note: String::new(),
        metadata: "{}".to_owned(),
        tags: "[]".to_owned(),
        author: "key_1".to_owned(),
        author_user: None,
        source_author: None,
        source_created_at: None,
    }
}

pub(crate) fn new_key(id: &str) -> NewKey {
    NewKey {
        id: id.to_owned(),
        name: "ci".to_owned(),
        prefix: "pk_live_abcd".to_owned(),
        hash: format!("hash-of-{id}"),
        scopes: "prompts:read prompts:write".to_owned(),
        environment: None,
        instance_admin: false,
        created_by: "key_1".to_owned(),
        expires_at: None,
        person_id: None,
        personal: false,
    }
}

/// Of somebody who is there.
pub(crate) fn new_session(person: &str, hash: &str, until: i64) -> NewSession {
    NewSession {
        hash: hash.to_owned(),
        person_id: person.to_owned(),
        expires_at: until,
        address: "192.0.2.1".to_owned(),
    }
}

pub(crate) fn activation(id: &str, environment: &str, to: &str, from: Option<&str>) -> Activation {
    let (prompt, _) = to.split_once('@').expect("a version id of new_version");
    Activation {
        deployment_id: id.to_owned(),
        prompt_id: prompt.to_owned(),
        environment: environment.to_owned(),
        version_id: to.to_owned(),
        from_version_id: from.map(str::to_owned),
        build_hash: format!("build-{to}"),
        back: false,
        acknowledged: false,
        reason: "better".to_owned(),
        actor: "key_1".to_owned(),
    }
}

/// One that goes back to an older version.
pub(crate) fn going_back(id: &str, environment: &str, to: &str, from: &str) -> Activation {
    Activation { back: true, ..activation(id, environment, to, Some(from)) }
}

/// `name` or `name@reference`.
pub(crate) fn new_include(written: &str) -> NewInclude {
    let (name, reference) = written.split_once('@').map_or((written, None), |(name, it)| (name, Some(it)));
    NewInclude { name: name.to_owned(), name_folded: folded(name), reference: reference.map(str::to_owned) }
}

/// Of a version of `new_version`, in the build of `activation`.
pub(crate) fn new_uses(
    project: &ProjectId,
    version: &str,
    environment: &str,
    key: &str,
    uses: i64,
) -> NewUses {
    let (prompt, _) = version.split_once('@').expect("a version id of new_version");
    NewUses {
        project: project.clone(),
        prompt_id: prompt.to_owned(),
        version_id: version.to_owned(),
        build_hash: format!("build-{version}"),
        environment: environment.to_owned(),
        key_id: key.to_owned(),
        uses,
    }
}

/// A prompt as the change sees it.
pub(crate) async fn row(tx: &mut WriteTx, name: &str) -> PromptRow {
    tx.project().prompt(&folded(name)).await.expect("readable").expect("there")
}

pub(crate) fn answer_key(actor: &str, route: &str, name: &str, not_before: i64) -> IdempotencyKey {
    IdempotencyKey {
        actor: actor.to_owned(),
        route: route.to_owned(),
        name: name.to_owned(),
        body_hash: "body".to_owned(),
        not_before,
    }
}

impl Db {
    /// A new project with the three environments.
    pub(crate) async fn project(&self) -> ProjectId {
        let id = format!("project-{}", self.next_project_number());
        let project = NewProject { name: id.clone(), id: id.clone(), created_at: START };
        assert!(self.store.insert_project(&project, true).await.expect("inserted"));
        id.into()
    }

    pub(crate) async fn reader(&self) -> Reader {
        self.store.read().await.expect("a connection")
    }

    pub(crate) async fn begin(&self, project: &ProjectId, now: i64) -> WriteTx {
        self.store.write(project, at(now)).await.expect("the lock")
    }

    /// One committed change.
    pub(crate) async fn change(
        &self,
        project: &ProjectId,
        now: i64,
        body: impl AsyncFnOnce(&mut WriteTx) -> Result<(), StoreError>,
    ) -> Committed {
        let mut tx = self.begin(project, now).await;
        body(&mut tx).await.expect("the change");
        tx.commit(audit("test.change")).await.expect("committed")
    }

    /// Answers the id of the prompt, which no other project has.
    pub(crate) async fn prompt(&self, project: &ProjectId, name: &str) -> String {
        let id = format!("{project}/{name}");
        let new = new_prompt(&id, name);
        self.change(project, 0, async |tx| tx.insert_prompt(&new).await.map(|row| assert!(row.is_some())))
            .await;
        id
    }

    /// Version 1.{sequence}.0; answers its id.
    pub(crate) async fn version(&self, project: &ProjectId, prompt: &str, sequence: i64) -> String {
        let new = new_version(prompt, sequence, (1, sequence, 0, ""));
        self.change(project, 0, async |tx| tx.insert_version(&new).await).await;
        new.id
    }

    pub(crate) async fn activate(&self, project: &ProjectId, now: i64, what: Activation) -> Committed {
        self.change(project, now, async |tx| tx.apply_activation(&what).await).await
    }

    /// A viewer of a project with this id, whose email follows from it.
    pub(crate) async fn person(&self, project: &ProjectId, now: i64, id: &str) {
        let email = format!("{id}@example.com");
        self.change(project, now, async |tx| {
            let person = tx.person_of(id, &email, "Ada").await?;
            assert!(tx.add_member(&person.id, "viewer", "key_1").await?);
            Ok(())
        })
        .await;
    }

    /// A prompt as readers see it.
    pub(crate) async fn row(&self, project: &ProjectId, name: &str) -> PromptRow {
        let found = self.reader().await.project(project).prompt(&folded(name)).await;
        found.expect("readable").expect("there")
    }

    pub(crate) async fn rename(&self, project: &ProjectId, now: i64, from: &str, to: &str) -> Committed {
        let prompt = self.row(project, from).await;
        self.change(project, now, async |tx| tx.apply_rename(&prompt, to).await).await
    }

    pub(crate) async fn archive(
        &self,
        project: &ProjectId,
        now: i64,
        name: &str,
        archived: bool,
    ) -> Committed {
        let prompt = self.row(project, name).await;
        let archive = Archive::Prompt { prompt: &prompt, archived };
        self.change(project, now, async |tx| tx.apply_archive(&archive).await).await
    }

    /// An execution with its line, a score, a cell, and what is kept of them.
    async fn executions(&self, project: &ProjectId, prompt: &str, version: &str) {
        self.store.add_day(today(), START).await.expect("made");
        let mut desk = Desk::open(&self.store).await;
        let lines = [line(1, project, prompt, version)];
        let mut rows = calls(number(project), ["e1"]);
        rows[0].n = desk.next();
        let mut score = opinion(number(project), "s1", "e1");
        score.n = desk.next();
        let done = self.store.record(desk.recorder, today(), (&lines, &rows, &[score]), START).await;
        assert_eq!(
            done.expect("stored").map(|done| (done.executions.len(), done.scores.len())),
            Some((1, 1))
        );
        assert!(desk.fold(self, &[(pack_key(number(project), 1), pack(1))]).await);
        self.store.keep_from(number(project), today() - 30).await.expect("written");
        self.change(project, 43, async |tx| tx.put_recording("{}").await).await;
    }

    /// A row in every table.
    pub(crate) async fn everything(&self) -> ProjectId {
        let project = self.project().await;
        self.store.shared_value("epoch", "e1").await.expect("kept");
        let prompt = self.prompt(&project, "a").await;
        let first = self.version(&project, &prompt, 1).await;
        let second = self.version(&project, &prompt, 2).await;
        self.activate(&project, 10, activation("d1", "production", &first, None)).await;
        let other = self.prompt(&project, "b").await;
        let included = self.version(&project, &other, 1).await;
        self.change(&project, 15, async |tx| {
            tx.insert_includes(&second, &[new_include("b@1")]).await?;
            let build = format!("build-{second}");
            tx.keep_build(&second, &build, &[(included.clone(), "b".to_owned())]).await?;
            tx.apply_label(&prompt, "stable", &first, "key_1").await?;
            tx.put_sample(&prompt, ("short", "", "{}"), "key_1").await
        })
        .await;
        self.activate(&project, 20, activation("d2", "production", &second, Some(&first))).await;
        self.rename(&project, 24, "b", "c").await;
        self.archive(&project, 25, "c", true).await;
        let archive = Archive::Version { prompt_id: &prompt, id: &first, archived: true };
        let mut tx = self.begin(&project, 30).await;
        tx.apply_archive(&archive).await.expect("archived");
        tx.insert_key(&new_key("k1")).await.expect("inserted");
        tx.remember(answer_key("key_1", "POST /p", "n", START), Answer { status: 201, body: "{}".into() });
        tx.commit(audit("test.all")).await.expect("committed");
        self.person(&project, 40, "ada").await;
        self.change(&project, 41, async |tx| tx.insert_session(&new_session("ada", "s1", START * 2)).await)
            .await;
        self.change(&project, 42, async |tx| tx.insert_prices(&[new_price("p1", "m", 1)], "key_1").await)
            .await;
        let applied = [(project.to_string(), 1)];
        self.store.report_node("node-1", &applied, START, 0).await.expect("reported");
        let uses = [new_uses(&project, &second, "production", "k1", 3)];
        self.store.add_uses(&uses, START).await.expect("counted");
        self.executions(&project, &prompt, &second).await;
        for (n, id) in [(44, "d3"), (50, "d4")] {
            let rolling = Rolling::new(id, &activation(id, "production", &first, Some(&second)), 50);
            let mut row = None;
            self.change(&project, n, async |tx| rolling.start(tx, None).await.map(|it| row = Some(it))).await;
            if id == "d3" {
                let back = rolled_back(&row.expect("it started"), at(n + 1));
                self.change(&project, n + 1, async |tx| end_as_rolled_back(tx, back).await).await;
            }
        }
        self.change(&project, 52, async |tx| {
            let row = asked_for(tx, "a1", &prompt, &first, "build-a").await?;
            let decision = said(tx.at(), "ada", DecisionKind::Comment);
            tx.add_decision(&row, &decision, "Ada", None).await?;
            tx.add_decision(&row, &decision, "Ada", Some(1)).await?;
            let review_by = at(99);
            let emergency =
                NewEmergency { deployment_id: "d4", person_id: None, name: "ci", reason: "down", review_by };
            tx.insert_emergency(&emergency).await
        })
        .await;
        let comment = new_comment("m1", None);
        self.change(&project, 53, async |tx| tx.insert_comment((&prompt, &first), &comment).await).await;
        self.release(&project, 54, "r1", &["d2", "d4"]).await;
        assert_eq!(self.store.take_lease("rollouts", "node-1", None).await.expect("free"), Some(1));
        let webhook = new_webhook(&project, "w1");
        self.change(&project, 45, async |tx| tx.insert_webhook(&webhook).await).await;
        self.store.delivered(&webhook, Some(&new_delivery("d1", 1)), None).await.expect("written");
        project
    }
}

/// A price from a time on, in thousands of picodollars.
pub(crate) fn new_price(id: &str, model: &str, thousands: i64) -> Entry {
    let rates = Rates { input: thousands * 1_000, output: thousands * 2_000, ..Rates::default() };
    Entry {
        id: id.into(),
        provider: "openai".into(),
        model: model.into(),
        valid_from: forever(),
        price: Price { rates, ..Price::default() },
        source: "".into(),
    }
}

/// A key as it is listed, without the fields that its change row leaves out.
pub(crate) fn key_facts(key: &KeyRow) -> serde_json::Value {
    serde_json::json!({
        "id": key.id, "name": key.name, "prefix": key.prefix, "hash": key.hash, "scopes": key.scopes,
        "environment": key.environment, "instance_admin": key.instance_admin, "expires_at": key.expires_at,
        "person_id": key.person_id,
    })
}
