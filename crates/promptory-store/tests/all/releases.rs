//! Releases: which deployments belong together, what they wait for together, and what was taken back as a whole.

use promptory_core::{approval::Subject, id::ProjectId};
use promptory_store::{
    ApprovalFilter, AuditFilter, NewApproval, NewAudit, NewRelease, ReleaseFilter, Rows, Start, WayBack,
    WriteTx,
};

use crate::{
    applying::{Applies, BY_ROLLBACK, Done, Rolling, move_it, proof, rolled_back},
    harness::Db,
    story::{START, activation, at, audit, going_back},
};

trait Releases {
    /// The last of them was not named by anybody.
    async fn released(
        &mut self,
        id: &str,
        environment: &str,
        approval: Option<&str>,
        deployments: &[&str],
    ) -> Done<()>;
}

impl Releases for WriteTx {
    async fn released(
        &mut self,
        id: &str,
        environment: &str,
        approval: Option<&str>,
        deployments: &[&str],
    ) -> Done<()> {
        let new = NewRelease { id, environment, approval_id: approval, reason: "together", actor: "key_1" };
        self.insert_release(&new).await?;
        for (place, deployment) in (0_i64..).zip(deployments) {
            let dependent = place + 1 == deployments.len() as i64;
            self.add_to_release(id, place, (deployment, dependent)).await?;
        }
        Ok(())
    }
}

impl Db {
    /// In production, without approval.
    pub(crate) async fn release(&self, project: &ProjectId, now: i64, id: &str, deployments: &[&str]) {
        self.change(project, now, async |tx| tx.released(id, "production", None, deployments).await).await;
    }
}

/// Two prompts with two versions each, of which the first is live in production: `d1` and `e1`.
async fn two_prompts(db: &Db) -> (ProjectId, [String; 2]) {
    let project = db.project().await;
    let prompts = [db.prompt(&project, "a").await, db.prompt(&project, "b").await];
    for (prompt, id) in prompts.iter().zip(["d1", "e1"]) {
        let first = db.version(&project, prompt, 1).await;
        db.version(&project, prompt, 2).await;
        db.activate(&project, 10, activation(id, "production", &first, None)).await;
    }
    (project, prompts)
}

/// The second version of a prompt after its first.
fn second(id: &str, prompt: &str) -> Rolling {
    let (one, two) = (format!("{prompt}@1"), format!("{prompt}@2"));
    Rolling::new(id, &activation(id, "production", &two, Some(&one)), 10)
}

async fn asked_for(tx: &mut WriteTx, id: &str, prompts: &[String]) -> Done<()> {
    let builds = prompts.iter().map(|prompt| (prompt.as_str().into(), format!("build-{prompt}@2")));
    let subject = Subject::release("production", builds.collect());
    let new = NewApproval {
        id,
        subject: &subject,
        version_id: None,
        wanted: "",
        requester_id: Some("ada"),
        requester: "Ada",
        authors: &[],
        note: "",
        look_at: at(90),
    };
    tx.open_approval(&new).await
}

both!(a_release_knows_its_deployments_and_they_know_it, async |db| {
    let (project, [a, b]) = two_prompts(db).await;
    db.change(&project, 20, async |tx| {
        second("d2", &a).start(tx, None).await?;
        second("e2", &b).start(tx, None).await?;
        tx.released("r1", "production", None, &["e2", "d2"]).await
    })
    .await;
    let staging = format!("{a}@1");
    db.activate(&project, 30, activation("d3", "staging", &staging, None)).await;
    db.change(&project, 31, async |tx| tx.released("r2", "staging", None, &["d3"]).await).await;

    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let row = reader.release("r1").await.expect("readable").expect("there");
    assert_eq!(
        (row.environment.as_str(), row.approval_id, row.reason.as_str(), row.actor.as_str(), row.created_at),
        ("production", None, "together", "key_1", START + 20)
    );
    assert!(reader.release("r3").await.expect("readable").is_none());
    let items = reader.deployments_of_release("r1").await.expect("readable");
    let told: Vec<_> = items.iter().map(|row| (row.id.as_str(), row.dependent)).collect();
    assert_eq!(told, [("e2", false), ("d2", true)], "in the order in which they were asked for");
    let of = async |reader: &mut promptory_store::ProjectReader<'_>, id: &str| {
        reader.deployment(id).await.expect("readable").expect("there").release_id
    };
    assert_eq!(of(&mut reader, "d2").await.as_deref(), Some("r1"));
    assert_eq!(of(&mut reader, "d1").await, None);

    let all = (i64::MAX, "~");
    for (before, prompt, environment, found) in [
        (all, None, None, vec!["r2", "r1"]),
        ((START + 31, "r2"), None, None, vec!["r1"]),
        (all, Some(b.as_str()), None, vec!["r1"]),
        (all, Some(a.as_str()), Some("staging"), vec!["r2"]),
        (all, None, Some("development"), vec![]),
    ] {
        let filter = ReleaseFilter { prompt_id: prompt, environment };
        let rows = reader.releases(before, filter, 9).await.expect("readable");
        assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), found, "{filter:?}");
    }
    let live = reader.live_by("d3").await.expect("readable").expect("it is");
    assert_eq!((live.version_id, live.since), (staging, START + 30));
    assert!(reader.live_by("d2").await.expect("readable").is_none(), "a tenth of callers has it");
});

both!(one_approval_is_that_of_every_deployment_and_used_up_by_the_first, async |db| {
    let (project, prompts) = two_prompts(db).await;
    let [a, b] = &prompts;
    let mut rows = Vec::new();
    db.change(&project, 20, async |tx| {
        asked_for(tx, "a1", &prompts).await?;
        for (id, prompt) in [("d2", a), ("e2", b)] {
            rows.push(second(id, prompt).hold(tx).await?);
        }
        tx.released("r1", "production", Some("a1"), &["d2", "e2"]).await
    })
    .await;
    let found = async |id: &str| {
        let row = db.reader().await.project(&project).approval_of(id).await.expect("readable");
        row.map(|row| (row.id, row.release_id, row.spent_at))
    };
    let waits = Some(("a1".to_owned(), Some("r1".to_owned()), None));
    assert_eq!((found("d2").await, found("e2").await, found("d1").await), (waits.clone(), waits, None));
    for prompt in &prompts {
        let filter = ApprovalFilter { prompt_id: Some(prompt), ..ApprovalFilter::default() };
        let mut reader = db.reader().await;
        let listed = reader.project(&project).approvals((i64::MAX, "~"), filter, 9).await.expect("readable");
        assert_eq!(listed.len(), 1, "{prompt}");
    }
    let again =
        NewRelease { id: "r2", environment: "production", approval_id: Some("a1"), reason: "", actor: "" };
    let mut tx = db.begin(&project, 30).await;
    assert!(tx.insert_release(&again).await.is_err(), "an approval is of one release");
    drop(tx);

    db.change(&project, 40, async |tx| {
        let one = format!("{a}@1");
        let what = activation("d2", "production", &format!("{a}@2"), Some(&one));
        let asked = crate::applying::asked(tx.at());
        let promptory_core::rollout::Outcome::Changed(started) =
            rows[0].command(&promptory_core::rollout::Command::Start, asked).expect("possible")
        else {
            panic!("it waits");
        };
        let row = Rolling::new("d2", &what, 10).start_with(tx, &started, None).await?;
        let promptory_core::rollout::Outcome::Changed(done) = row
            .command(&promptory_core::rollout::Command::Promote, crate::applying::asked(tx.at()))
            .expect("possible")
        else {
            panic!("it runs");
        };
        move_it(tx, *done, None).await.map(drop)
    })
    .await;
    assert_eq!(found("e2").await.expect("there").2, Some(START + 40), "by the other one");
});

both!(what_was_taken_back_as_a_whole_says_so, async |db| {
    let (project, [a, _]) = two_prompts(db).await;
    let mut row = None;
    db.change(&project, 20, async |tx| {
        row = Some(second("d2", &a).start(tx, None).await?);
        tx.released("r1", "production", None, &["d2"]).await
    })
    .await;
    let way = WayBack { release_id: Some("r1".to_owned()), ..BY_ROLLBACK.clone() };
    db.change(&project, 30, async |tx| {
        let transition = rolled_back(&row.expect("it started"), tx.at());
        let change = promptory_core::approval::ServingChange::Deployment(Box::new(transition));
        tx.one(change, Rows::Back(&way, None)).await.map(drop)
    })
    .await;
    let (one, two) = (format!("{a}@1"), format!("{a}@2"));
    db.activate(&project, 40, activation("d3", "production", &two, Some(&one))).await;
    let back = going_back("d4", "production", &one, &two);
    db.change(&project, 50, async |tx| {
        let transition = back.created(tx.at());
        let placement = back.placement("immediate");
        let start = Start { placement: &placement, transition: &transition, ended: &[], way_back: &way };
        tx.apply(vec![proof(back.serve(), tx.at())], Rows::Start(start)).await.map(drop)
    })
    .await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    for id in ["d2", "d4"] {
        let row = reader.way_back(id).await.expect("readable").expect("there");
        assert_eq!(row.release_id.as_deref(), Some("r1"), "{id}");
    }
});

both!(the_history_of_a_prompt_has_its_releases, async |db| {
    let (project, [a, b]) = two_prompts(db).await;
    let told = |prompts: &[&String]| NewAudit {
        prompt: None,
        detail: serde_json::json!({"prompts": prompts}).to_string(),
        ..audit("release.create")
    };
    for prompts in [vec![&a, &b], vec![&b]] {
        let tx = db.begin(&project, 20).await;
        tx.commit(told(&prompts)).await.expect("committed");
    }
    let tx = db.begin(&project, 21).await;
    let other = NewAudit { action: "policy.reset".to_owned(), ..told(&[&a]) };
    tx.commit(other).await.expect("committed");
    for (prompt, expected) in [(&a, 1), (&b, 2)] {
        let filter = AuditFilter { prompt_id: Some(prompt.clone()), ..AuditFilter::default() };
        let mut reader = db.reader().await;
        let rows = reader.project(&project).audit_page(&filter, i64::MAX, 9).await.expect("readable");
        let released = rows.iter().filter(|row| row.prompt_id.is_none()).count();
        assert_eq!(released, expected, "{prompt}");
    }
});
