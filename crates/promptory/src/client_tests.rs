use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use super::*;

#[test]
fn addresses() {
    for good in ["http://127.0.0.1:8080", "https://prompts.example/registry/", "http://[::1]:1"] {
        assert!(base_url(good).is_ok(), "{good}");
    }
    for bad in ["", "127.0.0.1:8080", "localhost:8080", "ftp://a", "http://a?b", "http://a:b@c"] {
        assert!(base_url(bad).is_err(), "{bad}");
    }
}

#[test]
fn loopback_never_goes_through_a_proxy() {
    let check = |text: &str, expected: bool| {
        assert_eq!(is_loopback(&Url::parse(text).expect("an address")), expected, "{text}");
    };
    check("http://127.0.0.1:8080", true);
    check("http://127.8.0.1", true);
    check("http://localhost", true);
    check("http://[::1]:80", true);
    check("https://prompts.example", false);
    check("http://10.0.0.1", false);
}

/// A server that gives these answers, one per connection, and returns what it was asked.
fn server(answers: Vec<(u16, &'static str)>) -> (Client, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let handle = std::thread::spawn(move || {
        let serve = |(status, body): (u16, &str)| {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).expect("a request") == 1 {
                request.extend(byte);
            }
            let head =
                format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).expect("written");
            String::from_utf8(request).expect("text")
        };
        answers.into_iter().map(serve).collect()
    });
    (client(url), handle)
}

fn client(url: String) -> Client {
    // Another test may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let connection = Connection { url, key: Some("k".into()), project: Some("other".into()), json: false };
    Client::new(&connection).expect("a client")
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

const FIRST: &str = r#"{"items": [{"n": 1.0}, {"n": 2}], "next_cursor": "c/2", "total": 3}"#;
const LAST: &str = r#"{"items":[{"n":3e2}],"next_cursor":null,"total":3}"#;

#[test]
fn all_pages_become_one_and_numbers_stay_as_written() {
    let (client, handle) = server(vec![(200, FIRST), (200, LAST)]);
    let answer = wait(client.list(Route::new("/keys"), None)).expect("a list");
    assert_eq!(answer.body, r#"{"items":[{"n": 1.0},{"n": 2},{"n":3e2}],"next_cursor":null,"total":3}"#);
    let requests = handle.join().expect("served");
    assert!(requests[0].starts_with("GET /api/v1/keys?limit=200 HTTP/1.1\r\n"), "{requests:?}");
    assert!(requests[1].starts_with("GET /api/v1/keys?limit=200&cursor=c%2F2 "), "{requests:?}");
    assert!(requests[0].contains("authorization: Bearer k\r\n"), "{requests:?}");
    assert!(requests[0].contains("x-project: other\r\n"), "{requests:?}");
}

#[test]
fn a_limit_ends_the_walk_and_one_page_stays_as_it_is() {
    let (client, handle) = server(vec![(200, FIRST)]);
    let answer = wait(client.list(Route::new("/keys").query("x", Some("1")), Some(2))).expect("a list");
    assert_eq!(answer.body, FIRST);
    let requests = handle.join().expect("served");
    assert!(requests[0].starts_with("GET /api/v1/keys?x=1&limit=2 "), "{requests:?}");
}

#[test]
fn what_is_missing_is_none_and_other_refusals_stay() {
    let (client, handle) = server(vec![(404, "{}"), (403, "no")]);
    assert!(wait(client.find(&Route::new("/a"))).expect("an answer").is_none());
    let refused = wait(client.find(&Route::new("/a"))).expect_err("refused");
    assert!(matches!(refused, Failure::Refused { status: 403, ref body } if body == "no"), "{refused:?}");
    handle.join().expect("served");
}

#[test]
fn nobody_there_is_exit_code_3() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let failure = wait(client(url).get(&Route::new("/whoami"))).expect_err("nobody");
    assert_eq!(failure.code(), 3);
}
