//! Bytes on a socket that no client library would send.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    db::{ADMIN_KEY, Db},
    server::Server,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Writes the bytes and reads until the server closes.
async fn talk(app: &Server, bytes: &[u8]) -> String {
    heard(app, bytes, false).await
}

/// As [`talk`], with the end of what is sent: the server hears that nothing more will come.
async fn leave(app: &Server, bytes: &[u8]) -> String {
    heard(app, bytes, true).await
}

async fn heard(app: &Server, bytes: &[u8], end: bool) -> String {
    let talk = async {
        let mut stream = TcpStream::connect(app.address).await.expect("the server listens");
        // A server that has heard enough closes early: what could not be written does not matter.
        let _ = stream.write_all(bytes).await;
        if end {
            let _ = stream.shutdown().await;
        }
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard).await;
        String::from_utf8_lossy(&heard).into_owned()
    };
    tokio::time::timeout(PATIENCE, talk).await.expect("the server closes")
}

/// The statuses of all answers on a connection.
fn statuses(heard: &str) -> Vec<u16> {
    let of = |part: &str| part.get(..3).and_then(|status| status.parse().ok());
    heard.split("HTTP/1.").skip(1).filter_map(|part| of(part.get(2..).unwrap_or_default())).collect()
}

async fn started() -> (Db, Server) {
    let db = Db::sqlite();
    let app = Server::start(&db).await;
    let admin = app.admin();
    admin.publish("p", "one").await.good();
    admin.activate("p", "1", "production").await.good();
    (db, app)
}

#[tokio::test]
async fn what_is_no_http_is_refused_by_the_parser() {
    let (db, app) = started().await;
    let many_headers: String = (0..500).map(|n| format!("x-{n}: y\r\n")).collect();
    for bytes in [
        b"\r\n\r\n".to_vec(),
        b"GARBAGE\r\n\r\n".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"GET / \r\n\r\n".to_vec(),
        b"GET /healthz HTTP/1.1\r\nno colon\r\n\r\n".to_vec(),
        b"GET /healthz HTTP/1.1\r\nbad name: x\r\n\r\n".to_vec(),
        b"GET /healthz HTTP/1.1\r\nx: a\x00b\r\n\r\n".to_vec(),
        b"GET /a b HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
        b"GET /\x01 HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        b"POST /api/v1/prompts HTTP/1.1\r\ncontent-length: abc\r\n\r\n".to_vec(),
        b"POST /api/v1/prompts HTTP/1.1\r\ncontent-length: -1\r\n\r\n".to_vec(),
        b"POST /api/v1/prompts HTTP/1.1\r\ncontent-length: 99999999999999999999999\r\n\r\n".to_vec(),
        b"POST /api/v1/prompts HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}".to_vec(),
        b"POST /api/v1/prompts HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n".to_vec(),
        format!("GET /healthz HTTP/1.1\r\n{many_headers}\r\n").into_bytes(),
        format!("GET /healthz HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(1_000_000)).into_bytes(),
        format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "y".repeat(100_000)).into_bytes(),
        b"G".to_vec(),
        Vec::new(),
    ] {
        let heard = leave(&app, &bytes).await;
        let begin = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        for status in statuses(&heard) {
            assert!((400..500).contains(&status), "{begin:?}: {heard}");
        }
        assert_eq!(
            talk(&app, b"GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n").await.matches("200 OK").count(),
            1
        );
    }
    db.finish().await;
}

fn resolve(body: &str) -> String {
    format!(
        "POST /api/v1/prompts/p/resolve HTTP/1.1\r\nauthorization: Bearer {ADMIN_KEY}\r\n\
         content-type: application/json\r\n{body}"
    )
}

#[tokio::test]
async fn requests_in_one_breath_are_answered_in_order() {
    let (db, app) = started().await;
    let active =
        format!("GET /api/v1/prompts/p/active HTTP/1.1\r\nauthorization: Bearer {ADMIN_KEY}\r\n\r\n");
    let known = resolve("content-length: 2\r\n\r\n{}");
    let missing = "GET /api/v1/prompts/q/active HTTP/1.1\r\n\r\n";
    let last = "GET /nothing HTTP/1.1\r\nconnection: close\r\n\r\n";
    let heard = talk(&app, [&active, &known, missing, &active, &known, last].concat().as_bytes()).await;
    assert_eq!(statuses(&heard), [200, 200, 401, 200, 200, 404], "{heard}");
    db.finish().await;
}

#[tokio::test]
async fn bodies_in_pieces() {
    let (db, app) = started().await;
    let chunked =
        |chunks: &str| resolve(&format!("connection: close\r\ntransfer-encoding: chunked\r\n\r\n{chunks}"));
    for (request, expected) in [
        (chunked("2\r\n{}\r\n0\r\n\r\n"), vec![200]),
        (chunked("1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"), vec![200]),
        (chunked("1;ext=1\r\n{\r\n1\r\n}\r\n0\r\ntrailer: x\r\n\r\n"), vec![200]),
        (chunked("1\r\n{\r\n0\r\n\r\n"), vec![400]),
        (resolve("connection: close\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n{}"), vec![100, 200]),
        (resolve("connection: close\r\n\r\n"), vec![200]),
    ] {
        assert_eq!(statuses(&talk(&app, request.as_bytes()).await), expected, "{request}");
    }
    // Broken off in the middle: an answer or none, and never a fault.
    for request in [
        chunked("zz\r\n{}\r\n0\r\n\r\n"),
        chunked("2\r\n{}"),
        chunked("fffffffffffffffff\r\n{}"),
        resolve("content-length: 100\r\n\r\n{}"),
        resolve("content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
        format!(
            "POST /api/v1/prompts HTTP/1.1\r\nauthorization: Bearer {ADMIN_KEY}\r\n\
             content-type: application/json\r\ncontent-length: 900\r\n\r\n{{\"name\""
        ),
    ] {
        let heard = leave(&app, request.as_bytes()).await;
        assert!(statuses(&heard).iter().all(|status| *status < 500), "{request}: {heard}");
    }
    app.admin().active("p").await.good();
    assert_eq!(app.admin().get("/prompts").await.items("name"), ["p"]);
    db.finish().await;
}

#[tokio::test]
async fn other_forms_of_a_request() {
    let (db, app) = started().await;
    for (request, expected) in [
        ("GET /healthz HTTP/1.0\r\n\r\n", vec![200]),
        ("GET http://elsewhere.example/healthz HTTP/1.1\r\nconnection: close\r\n\r\n", vec![200]),
        ("GET /healthz?a=b#c HTTP/1.1\r\nconnection: close\r\n\r\n", vec![200]),
        ("OPTIONS * HTTP/1.1\r\nconnection: close\r\n\r\n", vec![404]),
        ("get /healthz HTTP/1.1\r\nconnection: close\r\n\r\n", vec![405]),
        ("FOO /healthz HTTP/1.1\r\nconnection: close\r\n\r\n", vec![405]),
    ] {
        assert_eq!(statuses(&talk(&app, request.as_bytes()).await), expected, "{request}");
    }
    let upgrade = "GET /healthz HTTP/1.1\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n";
    assert_eq!(statuses(&leave(&app, upgrade.as_bytes()).await), [200]);
    let tunnel = statuses(&leave(&app, b"CONNECT elsewhere.example:443 HTTP/1.1\r\n\r\n").await);
    assert!(tunnel.iter().all(|status| (400..500).contains(status)), "{tunnel:?}");
    let raw =
        statuses(&talk(&app, b"GET /api/v1/prompts/\xff\xfe HTTP/1.1\r\nconnection: close\r\n\r\n").await);
    assert!(raw.iter().all(|status| (400..500).contains(status)), "{raw:?}");
    db.finish().await;
}

#[tokio::test]
async fn twelve_megabytes_are_refused_readably() {
    let (db, app) = started().await;
    let mut request = format!(
        "POST /api/v1/prompts HTTP/1.1\r\nauthorization: Bearer {ADMIN_KEY}\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: 12000000\r\n\r\n"
    )
    .into_bytes();
    request.resize(request.len() + 12_000_000, b' ');
    let heard = talk(&app, &request).await;
    assert_eq!(statuses(&heard), [413], "{heard}");
    assert!(heard.contains("\"code\":\"too_large\""), "{heard}");
    db.finish().await;
}
