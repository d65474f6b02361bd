//! One request, one answer; and what counts as one. A no in Promptory's own form is an answer. A server error, silence
//! and another program's page are none.

use std::{io::Read, sync::Arc, time::Duration};

use flate2::read::GzDecoder;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use promptory_api::problem::Problem;
use reqwest::{
    Method, RequestBuilder, Response, StatusCode, Url,
    header::{self, HeaderMap, HeaderValue},
    redirect::Policy,
};
use rustls::crypto::CryptoProvider;

use crate::error::Error;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The server says something every 15 s; a silent stream is a dead one.
const STREAM_SILENCE: Duration = Duration::from_secs(45);
/// How many times as long a large answer may take.
const LARGE: u32 = 12;
/// A name as one segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

#[derive(Clone)]
pub(crate) struct Http {
    requests: reqwest::Client,
    streams: reqwest::Client,
    base: String,
    key: HeaderValue,
    timeout: Duration,
}

/// `<epoch>:<number>` of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Revision {
    pub(crate) epoch: String,
    pub(crate) number: i64,
}

impl Revision {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (epoch, number) = text.split_once(':')?;
        Some(Self { epoch: epoch.to_owned(), number: number.parse().ok()? })
    }

    pub(crate) fn text(&self) -> String {
        format!("{}:{}", self.epoch, self.number)
    }
}

#[derive(Default)]
pub(crate) struct Ask<'a> {
    /// Behind `/api/v1`.
    pub(crate) path: String,
    pub(crate) environment: Option<&'a str>,
    /// JSON; with it, the request is a POST.
    pub(crate) body: Option<String>,
    pub(crate) etag: Option<&'a str>,
    /// An older answer is of no use.
    pub(crate) at_least: Option<Revision>,
    /// Of the answer, unpacked.
    pub(crate) most_bytes: u64,
    /// The answer may take longer to come, as long as it comes.
    pub(crate) large: bool,
}

pub(crate) enum Reply {
    Found { body: Vec<u8>, etag: Option<String>, revision: Option<Revision> },
    NotModified { revision: Option<Revision> },
}

/// The path of one prompt.
pub(crate) fn prompt_path(prompt: &str, end: &str) -> String {
    format!("/prompts/{}/{end}", utf8_percent_encode(prompt, SEGMENT))
}

impl Http {
    pub(crate) fn new(url: &str, key: &str, timeout: Duration) -> Result<Self, Error> {
        let url = base_url(url)?;
        let mut value = HeaderValue::from_str(&format!("Bearer {key}"))
            .map_err(|_| Error::Usage("the key holds characters that no key has".to_owned()))?;
        value.set_sensitive(true);
        if CryptoProvider::get_default().is_none() {
            // Fails only when another thread was faster, which serves as well.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let builder = || {
            let mut http = reqwest::Client::builder()
                .user_agent(concat!("promptory-sdk-rust/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT_TIMEOUT.min(timeout))
                // A key is not sent on to where somebody points.
                .redirect(Policy::none());
            if is_loopback(&url) {
                http = http.no_proxy();
            }
            if url.scheme() == "http" {
                // Plain HTTP needs no certificates of the system, and works where none are installed.
                http = http.tls_certs_only([]);
            }
            http
        };
        let built = |http: reqwest::ClientBuilder| {
            http.build()
                .map_err(|error| Error::Usage(format!("no HTTP client can be made: {}", chain(&error))))
        };
        Ok(Self {
            requests: built(builder().read_timeout(timeout))?,
            timeout,
            streams: built(builder().read_timeout(STREAM_SILENCE))?,
            base: url.as_str().trim_end_matches('/').to_owned(),
            key: value,
        })
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// # Errors
    /// A no of the server, or no answer.
    pub(crate) async fn send(&self, ask: Ask<'_>) -> Result<Reply, Error> {
        let method = if ask.body.is_some() { Method::POST } else { Method::GET };
        let mut request = self.request(&self.requests, method, &ask);
        request = request.timeout(self.timeout * if ask.large { LARGE } else { 1 });
        request = request.header(header::ACCEPT_ENCODING, "gzip");
        if let Some(etag) = ask.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(revision) = &ask.at_least {
            request = request.header("promptory-min-revision", revision.text());
        }
        if let Some(body) = ask.body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        }
        let mut response = sent(request).await?;
        let status = response.status();
        let revision = revision(response.headers());
        if status == StatusCode::NOT_MODIFIED {
            return Ok(Reply::NotModified { revision });
        }
        let etag = text(response.headers(), header::ETAG.as_str()).map(str::to_owned);
        let packed = text(response.headers(), header::CONTENT_ENCODING.as_str()) == Some("gzip");
        let body = read(&mut response, ask.most_bytes).await?;
        if status != StatusCode::OK {
            return Err(no(status, &body));
        }
        let body = if packed { unpacked(body, ask.most_bytes).await? } else { body };
        Ok(Reply::Found { body, etag, revision })
    }

    /// # Errors
    /// A no of the server, or no answer.
    pub(crate) async fn stream(
        &self,
        environment: Option<&str>,
        last: Option<&str>,
    ) -> Result<Response, Error> {
        let ask = Ask { path: "/stream".to_owned(), environment, ..Ask::default() };
        let mut request = self.request(&self.streams, Method::GET, &ask);
        request = request.header(header::ACCEPT, "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let mut response = request.send().await.map_err(|error| unreachable(&error))?;
        if response.status() == StatusCode::OK {
            return Ok(response);
        }
        let body = read(&mut response, PROBLEM_BYTES).await?;
        Err(no(response.status(), &body))
    }

    /// A request that may take as long as an ordinary one.
    pub(crate) fn request_to(&self, method: Method, ask: &Ask<'_>) -> RequestBuilder {
        self.request(&self.requests, method, ask).timeout(self.timeout)
    }

    fn request(&self, http: &reqwest::Client, method: Method, ask: &Ask<'_>) -> RequestBuilder {
        let query = match ask.environment.filter(|_| method == Method::GET) {
            Some(name) => format!("?environment={}", utf8_percent_encode(name, SEGMENT)),
            None => String::new(),
        };
        let address = format!("{}/api/v1{}{query}", self.base, ask.path);
        http.request(method, address).header(header::AUTHORIZATION, self.key.clone())
    }
}

/// A connection that was kept may have died unnoticed, as when a server restarts: then, once more on a new one. All
/// that a client asks may be asked twice.
pub(crate) async fn sent(request: RequestBuilder) -> Result<Response, Error> {
    let again = request.try_clone();
    match (request.send().await, again) {
        (Err(error), Some(again)) if error.is_request() && !error.is_connect() && !error.is_timeout() => {
            again.send().await
        }
        (sent, _) => sent,
    }
    .map_err(|error| unreachable(&error))
}

/// Far more than a problem document needs.
const PROBLEM_BYTES: u64 = 1 << 20;

/// What a status that is no success means.
fn no(status: StatusCode, body: &[u8]) -> Error {
    let later = matches!(status.as_u16(), 408 | 425 | 429) || !status.is_client_error();
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) if !later => Error::Refused(Arc::new(problem)),
        Ok(problem) => Error::Unreachable(format!("{status}: {}", problem.detail)),
        Err(_) => Error::Unreachable(format!("{status}, and not in the way of Promptory")),
    }
}

pub(crate) async fn read(response: &mut Response, most: u64) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if (body.len() + piece.len()) as u64 > most {
            return Err(too_large(most));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn too_large(most: u64) -> Error {
    Error::Unreachable(format!("the answer is larger than the {most} bytes that this client takes"))
}

async fn unpacked(packed: Vec<u8>, most: u64) -> Result<Vec<u8>, Error> {
    let unpack = move || {
        let mut body = Vec::new();
        let read = GzDecoder::new(packed.as_slice()).take(most + 1).read_to_end(&mut body);
        read.map_err(|error| Error::Unreachable(format!("the answer is damaged: {error}")))?;
        if body.len() as u64 > most { Err(too_large(most)) } else { Ok(body) }
    };
    // Large ones take a moment: not on the threads of the application.
    let done = tokio::task::spawn_blocking(unpack).await;
    done.map_err(|error| Error::Unreachable(format!("the answer was not read: {error}")))?
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn revision(headers: &HeaderMap) -> Option<Revision> {
    Revision::parse(text(headers, "promptory-revision")?)
}

fn unreachable(error: &reqwest::Error) -> Error {
    let what = if error.is_timeout() { "it took too long: " } else { "" };
    Error::Unreachable(format!("{what}{}", chain(error)))
}

fn base_url(text: &str) -> Result<Url, Error> {
    let refuse = |why: &str| {
        Error::Usage(format!("{text:?} is no address of a server such as http://127.0.0.1:8080: {why}"))
    };
    let url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(refuse("it must begin with http:// or https://"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("it may not have a query or a fragment"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::Usage("the address of the server may not hold a user or password".to_owned()));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What was at the bottom of it.
pub(crate) fn chain(error: &reqwest::Error) -> String {
    let mut cause = std::error::Error::source(error);
    let mut text = error.to_string();
    while let Some(next) = cause {
        text = next.to_string();
        cause = next.source();
    }
    text
}
