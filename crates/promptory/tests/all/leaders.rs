//! Three servers on one PostgreSQL: the one that moves a rollout on is killed, stopped, woken up again.

use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};

use crate::process::{ADMIN, PATIENCE, Server, postgres_database, reached};

const TAKES_OVER: &str = "this server takes over";

/// Servers, and what any of them logs with its number.
struct Fleet {
    servers: Vec<Server>,
    said: Receiver<(usize, Value)>,
}

impl Fleet {
    fn start(database: &str) -> Self {
        let (say, said) = channel();
        let servers: Vec<Server> = (0..3).map(|_| Server::postgres(database)).collect();
        for (n, server) in servers.iter().enumerate() {
            let (log, say) = (server.take_log(), say.clone());
            std::thread::spawn(move || {
                for line in log {
                    let entry = serde_json::from_str(&line).unwrap_or_default();
                    if say.send((n, entry)).is_err() {
                        return;
                    }
                }
            });
        }
        Self { servers, said }
    }

    /// The next that takes over.
    fn leader(&self) -> usize {
        loop {
            let (n, entry) = self.said.recv_timeout(PATIENCE).expect("somebody takes over");
            if entry["fields"]["message"] == TAKES_OVER {
                return n;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollout_goes_on_when_its_leader_dies_and_one_that_wakes_up_changes_nothing() {
    let database = postgres_database();
    let mut fleet = Fleet::start(&database);
    let new = json!({"name": "a", "kind": "text", "version": {"content": "one", "activate": "production"}});
    fleet.servers[0].post("/api/v1/prompts", ADMIN, &new).await.good();
    let second = json!({"content": "two"});
    fleet.servers[0].post("/api/v1/prompts/a/versions", ADMIN, &second).await.good();
    // Each leader has time to die before its next step is due.
    let steps: Vec<Value> = [(10, 0), (30, 1), (60, 11), (80, 21), (100, 22)]
        .map(|(percentage, after_s)| json!({"percentage": percentage, "after_s": after_s}))
        .into();
    let deploy =
        json!({"prompt": "a", "version": "2", "environment": "production", "strategy": {"steps": steps}});
    let made = fleet.servers[0].post("/api/v1/deployments", ADMIN, &deploy).await.good();
    let id = made["id"].as_str().expect("an id");

    let first = fleet.leader();
    let stays = (first + 1) % 3;
    reached(&fleet.servers[stays], id, 30).await.expect("it lives");
    fleet.servers[first].signal("-KILL");
    fleet.servers[first].wait();
    let second = fleet.leader();
    assert_ne!(second, first);
    let third = 3 - first - second;
    reached(&fleet.servers[third], id, 60).await.expect("it lives");
    fleet.servers[second].signal("-STOP");
    assert_eq!(fleet.leader(), third, "the one that is left");
    let done = reached(&fleet.servers[third], id, 100).await.expect("it lives");
    assert_eq!(done["state"], "completed");
    fleet.servers[second].signal("-CONT");

    let live = fleet.servers[third].get("/api/v1/prompts/a/active", ADMIN).await;
    let woken = fleet.servers[second].get_after("/api/v1/prompts/a/active", ADMIN, &live.revision()).await;
    assert_eq!(woken.good()["content"], "two");
    assert_eq!(live.good()["content"], "two");
    let known = fleet.servers[second].get(&format!("/api/v1/deployments/{id}"), ADMIN).await.good();
    assert_eq!(known["events"], done["events"], "nothing was added by the one that woke up");
    let passed = |field: &str| -> Vec<Value> {
        let events = known["events"].as_array().expect("a list");
        events.iter().map(|event| event[field].clone()).collect()
    };
    assert_eq!(passed("percentage"), [10, 30, 60, 80, 100].map(|n| json!(n)), "each step once, in order");
    assert_eq!(passed("seq"), [1, 2, 3, 4, 5].map(|n| json!(n)));
}
