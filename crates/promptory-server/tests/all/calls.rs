//! Words for recording executions, and for what was counted of them.

use std::io::Write;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::Method;
use promptory_core::analytics::{Cell, Cube, Grain, short};
use promptory_store::{PackQuery, read_pack};
use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    db::Db,
    server::{Person, Server},
};

/// Far beyond what counting takes.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// A server with `p`, whose first version is live in production, and its administrator.
pub(crate) async fn live(db: &Db) -> (Server, Person) {
    let app = Server::start(db).await;
    let admin = app.admin();
    admin.publish("p", "Hi {{ name }}").await.good();
    admin.activate("p", "1", "production").await.good();
    (app, admin)
}

/// A call of the first version of `p` that succeeded.
pub(crate) fn call(id: &str) -> Value {
    json!({"id": id, "prompt": "p", "version": "1.0.0", "status": "success", "latency_ms": 12.5})
}

/// The same with other fields; null takes one away.
pub(crate) fn call_with(id: &str, fields: Value) -> Value {
    let mut call = call(id);
    for (name, value) in fields.as_object().expect("fields") {
        if value.is_null() {
            call.as_object_mut().expect("an object").remove(name);
        } else {
            call[name] = value.clone();
        }
    }
    call
}

pub(crate) fn calls(ids: impl IntoIterator<Item = impl ToString>) -> Vec<Value> {
    ids.into_iter().map(|id| call(&id.to_string())).collect()
}

pub(crate) fn gzipped(text: &[u8]) -> Bytes {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text).expect("packed");
    packed.finish().expect("packed").into()
}

/// Accepted, known, rejected.
pub(crate) fn outcome(answer: Answer) -> (u64, u64, usize) {
    let json = answer.is(202).json();
    let count = |field: &str| json[field].as_u64().expect("a count");
    (count("accepted"), count("duplicates"), json["rejected"].as_array().expect("a list").len())
}

impl Person {
    pub(crate) async fn record(&self, body: impl Into<Value>) -> Answer {
        self.post("/executions", body.into()).await
    }

    pub(crate) async fn score(&self, body: impl Into<Value>) -> Answer {
        self.post("/scores", body.into()).await
    }

    /// A body as it is, of a type.
    pub(crate) async fn record_bytes(&self, kind: &str, body: impl Into<Bytes>) -> Answer {
        self.with("content-type", kind).send(Method::POST, "/executions", Some(body.into())).await
    }

    pub(crate) async fn execution(&self, id: &str) -> Value {
        self.get(&format!("/executions/{id}")).await.is(200).json()
    }

    /// Ids in the order of the list.
    pub(crate) async fn listed(&self, query: &str) -> Vec<String> {
        self.get(&format!("/executions?limit=200&purpose=all{query}")).await.is(200).items("id")
    }

    /// What is counted is what is stored, at this very moment.
    pub(crate) async fn verified(&self) -> Map<String, Value> {
        let verified = self.post("/analytics/verify", json!({})).await.is(200);
        assert_eq!(verified.json()["agrees"], true, "{verified}");
        verified.json().as_object().expect("an object").clone()
    }

    /// Waits until so many executions are counted in the database; at every moment until then it agrees.
    pub(crate) async fn counted(&self, executions: u64) {
        let counted = async {
            loop {
                let verified = self.verified().await;
                let now = verified["executions"].as_u64().expect("a count");
                assert!(now <= executions, "{now} are counted of {executions}");
                if now == executions {
                    return;
                }
            }
        };
        let done = tokio::time::timeout(PATIENCE, counted).await;
        assert!(done.is_ok(), "they are never counted: {:?}", self.verified().await);
    }
}

/// The figures of the project `default` that are in the database: all environments, purposes and times.
pub(crate) async fn total(app: &Server) -> Cell {
    let query = PackQuery {
        project: short(app.project().id.as_str()),
        cube: Cube::Total,
        grain: Grain::Day,
        prompts: Vec::new(),
        from: 0,
        to: i64::MAX,
    };
    let packs = app.app.store.packs(&[query]).await.expect("readable");
    let mut total = Cell::default();
    for row in &packs.rows[0] {
        let pack = read_pack(&row.cells).expect("whole");
        pack.0.values().for_each(|cell| total.merge(cell));
    }
    total
}

/// Waits until the figures in the database are as they should be.
pub(crate) async fn total_when(app: &Server, right: impl Fn(&Cell) -> bool) -> Cell {
    let wait = async {
        loop {
            let total = total(app).await;
            if right(&total) {
                return total;
            }
        }
    };
    match tokio::time::timeout(PATIENCE, wait).await {
        Ok(total) => total,
        Err(_) => panic!("never: {:?}", total(app).await),
    }
}

/// How many values a score has.
pub(crate) fn said(total: &Cell, score: &str) -> u64 {
    let of = |cell: &promptory_core::analytics::ScoreCell| {
        cell.values.count + cell.categories.values().sum::<u64>()
    };
    total.scores.get(score).map_or(0, of)
}
