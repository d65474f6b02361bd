//! Answers that the real server gives rarely: a listener that reads whole requests and answers as a test says.

use std::{
    io::Read,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub(crate) struct Answers {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `POST /api/v1/executions HTTP/1.1`
    pub(crate) line: String,
    pub(crate) packed: bool,
    /// Unpacked.
    pub(crate) body: String,
}

/// The status line's status and reason, headers with their line ends, and the body.
pub(crate) type Answer = (&'static str, &'static str, String);

/// What the real server says of a batch of executions that it takes.
pub(crate) fn accepted(request: &Request) -> Answer {
    let count = request.body.lines().count();
    ("202 Accepted", "", format!(r#"{{"accepted":{count},"duplicates":0,"rejected":[]}}"#))
}

pub(crate) fn problem(status: &'static str, headers: &'static str) -> Answer {
    let number = &status[..3];
    let body = format!(
        r#"{{"type":"","title":"","status":{number},"detail":"of the test","code":"c","request_id":"r"}}"#
    );
    (status, headers, body)
}

impl Answers {
    /// To the n-th request, from 0.
    pub(crate) async fn new(answer: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                tokio::spawn(async move {
                    while let Some(request) = read(&mut client).await {
                        let (status, headers, body) = {
                            let mut seen = seen.lock().expect("whole");
                            seen.push(request.clone());
                            answer(seen.len() - 1, &request)
                        };
                        let length = body.len();
                        let text =
                            format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}");
                        if client.write_all(text.as_bytes()).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("whole").clone()
    }
}

async fn read(client: &mut TcpStream) -> Option<Request> {
    let mut text = Vec::new();
    let end = loop {
        if let Some(end) = text.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if client.read_buf(&mut text).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&text[..end]).to_ascii_lowercase();
    let header = |name: &str| {
        head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned))
    };
    let length: usize = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while text.len() < end + 4 + length {
        if client.read_buf(&mut text).await.ok()? == 0 {
            return None;
        }
    }
    let body = &text[end + 4..];
    let packed = header("content-encoding").as_deref() == Some("gzip");
    let mut plain = Vec::new();
    if packed {
        flate2::read::GzDecoder::new(body).read_to_end(&mut plain).expect("gzip");
    } else {
        plain.extend_from_slice(body);
    }
    let line = String::from_utf8_lossy(&text[..end]).lines().next().unwrap_or_default().to_owned();
    Some(Request { line, packed, body: String::from_utf8(plain).expect("text") })
}
