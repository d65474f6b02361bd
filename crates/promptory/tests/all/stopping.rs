//! Signals: what ends when, in the real process.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::process::{ADMIN, PATIENCE, Server};

async fn connected(server: &Server) -> TcpStream {
    TcpStream::connect(server.url.trim_start_matches("http://")).await.expect("connected")
}

/// A change whose head the server has read, and whose body it waits for.
async fn under_way(server: &Server) -> (TcpStream, String) {
    let mut slow = connected(server).await;
    let body = json!({"name": "slow", "kind": "text", "version": {"content": "x"}}).to_string();
    let head = format!(
        "POST /api/v1/prompts HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {ADMIN}\r\ncontent-type: application/json\r\n\
         expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    slow.write_all(head.as_bytes()).await.expect("sent");
    let mut go_on = [0_u8; 25];
    // The server asks for the body, so the request has begun.
    slow.read_exact(&mut go_on).await.expect("100 Continue");
    assert!(go_on.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&go_on));
    (slow, body)
}

/// An event stream that has said hello.
async fn stream(server: &Server) -> TcpStream {
    let mut stream = connected(server).await;
    let head = format!("GET /api/v1/stream HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {ADMIN}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut heard = String::new();
    let mut piece = [0_u8; 1024];
    while !heard.contains("event: hello") && !heard.contains("event:hello") {
        let read = stream.read(&mut piece).await.expect("an event");
        assert!(read > 0, "{heard}");
        heard.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    stream
}

/// Reads on until the server ends it.
async fn ended(mut stream: TcpStream) {
    let mut rest = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    // However the connection ends, it ends.
    let _ = read.expect("the stream ends");
}

#[tokio::test]
async fn streams_end_first_and_a_request_under_way_is_finished() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::sqlite(folder.path());
    let (mut slow, body) = under_way(&server).await;
    let stream = stream(&server).await;
    server.signal("-TERM");
    ended(stream).await;
    // The server stops, and the request goes on.
    slow.write_all(body.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(server.wait().success());
    let server = Server::sqlite(folder.path());
    assert_eq!(server.get("/api/v1/prompts/slow", ADMIN).await.status, 200);
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    for (first, second) in [("-TERM", "-TERM"), ("-INT", "-TERM"), ("-TERM", "-INT")] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut server = Server::sqlite(folder.path());
        let (mut slow, _) = under_way(&server).await;
        let stream = stream(&server).await;
        server.signal(first);
        // It has begun to stop, and waits for the request.
        ended(stream).await;
        server.signal(second);
        let status = server.wait();
        assert_eq!(status.code(), Some(1), "{first} {second}");
        let mut answer = Vec::new();
        let _ = slow.read_to_end(&mut answer).await;
        assert!(answer.is_empty(), "the request was cut off");
        // What was acknowledged is there, and the file is free.
        let server = Server::sqlite(folder.path());
        assert_eq!(server.get("/api/v1/prompts/slow", ADMIN).await.status, 404);
    }
}
