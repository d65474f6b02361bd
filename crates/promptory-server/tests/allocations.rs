#![cfg(test)]
//! How many heap allocations the serving path takes. Its own binary, because it counts for the whole process.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    net::SocketAddr,
    sync::Arc,
};

use promptory_server::{
    Config,
    clock::SystemClock,
    ids::SystemIds,
    serving::{Ask, Asker, Miss, Reason, resolve},
    start,
};
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that ends may allocate after its counter is gone.
    let _ = ALLOCATIONS.try_with(|n| n.set(n.get() + 1));
}

// SAFETY: every call goes to the system's allocator as it came.
#[expect(unsafe_code, reason = "an allocator cannot be written without")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const ADMIN_KEY: &str = "administrator-of-the-tests";
const TEXT: &str = "Dear {{ name }},\nyou asked about {{ product }}: {{ question }}\nHere is the answer.\n";

async fn post(address: SocketAddr, path: &str, body: &Value) {
    let body = body.to_string();
    let request = format!(
        "POST /api/v1{path} HTTP/1.1\r\nauthorization: Bearer {ADMIN_KEY}\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

/// How many allocations this thread makes, once everything that is made once is there.
fn allocations<T>(mut work: impl FnMut() -> T) -> usize {
    drop(work());
    let before = ALLOCATIONS.get();
    let made = work();
    let count = ALLOCATIONS.get() - before;
    drop(made);
    count
}

#[tokio::test]
async fn resolving_takes_none_and_rendering_a_few() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let config = Config {
        database_url: None,
        data_dir: folder.path().to_owned(),
        listen: "127.0.0.1:0".to_owned(),
        admin_key: Some(ADMIN_KEY.to_owned()),
        cors_origins: Vec::new(),
        ..Config::default()
    };
    let server = start(&config, Arc::new(SystemClock), Arc::new(SystemIds)).await.expect("it starts");
    for n in 0..20 {
        let name = format!("support/reply-{n}");
        let version = json!({"content": TEXT, "settings": {"model": "m"}, "activate": "production"});
        post(server.address, "/prompts", &json!({"name": name, "kind": "text", "version": version})).await;
    }
    let project = server.app.serving.project_named("default").expect("it is there");
    let random = || 0;
    let asker = Asker::Unit { key: Some("user-1"), pin: None, random: &random };
    let ask = |version| Ask { prompt: "support/reply-7", environment: "production", version, asker };
    for (version, reason) in [
        (None, Reason::Live),
        (Some("1.0.0"), Reason::Pinned),
        (Some("1"), Reason::Pinned),
        (Some("production"), Reason::Pinned),
    ] {
        let made = allocations(|| {
            let snapshot = project.snapshot();
            let choice = resolve(&snapshot, &ask(version)).expect("there");
            assert_eq!((&*choice.build.number, choice.reason), ("1.0.0", reason));
        });
        assert_eq!(made, 0, "{version:?}");
    }
    // A range is read anew each time; everything else needs no memory of its own.
    for version in ["2", "beta", "staging"] {
        let made = allocations(|| {
            assert_eq!(resolve(&project.snapshot(), &ask(Some(version))).err(), Some(Miss::NotInMemory));
        });
        assert_eq!(made, 0, "{version}");
    }
    let version = json!({"content": "Hi {{ name }}"});
    post(server.address, "/prompts/support%2Freply-8/versions", &version).await;
    let steps = json!({"steps": [{"percentage": 50, "after_s": 0}, {"percentage": 100, "after_s": 60}]});
    let body =
        json!({"prompt": "support/reply-8", "version": "2", "environment": "production", "strategy": steps});
    post(server.address, "/deployments", &body).await;
    for (key, number) in [(Some("user-1"), None), (Some("user-2"), None), (None, Some("2.0.0"))] {
        let asker = Asker::Unit { key, pin: None, random: &random };
        let made = allocations(|| {
            let snapshot = project.snapshot();
            let ask = Ask { prompt: "support/reply-8", environment: "production", version: None, asker };
            let choice = resolve(&snapshot, &ask).expect("there");
            assert_eq!(choice.reason, Reason::Rollout);
            assert!(
                number.is_none_or(|number| *choice.build.number == *number),
                "by chance: {}",
                choice.build.number
            );
        });
        assert_eq!(made, 0, "{key:?} in a rollout");
    }
    let given = json!({"name": "Ada Lovelace", "product": "Promptory", "question": "How does it work?"});
    let given: Map<String, Value> = given.as_object().expect("an object").clone();
    let build = Arc::clone(resolve(&project.snapshot(), &ask(None)).expect("there").build);
    let made = allocations(|| build.render(&given).expect("it renders"));
    assert!(made <= 10 + 1, "{made} allocations for three variables, the output included");
    server.stop().await;
}
