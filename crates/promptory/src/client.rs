//! HTTP: one request, one answer, as text, so that numbers stay as the server wrote them.

mod signed;

use std::error::Error as _;
use std::time::Duration;

use promptory_api::events::{Event, Parser};
use promptory_api::page::Page;
use reqwest::{Body, ClientBuilder, Method, RequestBuilder, Response, Url, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::cli::Connection;
use crate::failure::Failure;
use crate::route::Route;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(60);
/// For what a server may work on before it answers.
const PATIENCE: Duration = Duration::from_secs(600);
const PAGE_ITEMS: usize = 200;

#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    url: Url,
    who: Option<Who>,
    project: Option<String>,
}

/// Who asks.
#[derive(Clone)]
enum Who {
    Key(String),
    Session { cookie: String, csrf: String },
}

/// The body of a successful answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) body: String,
}

/// An answer with all that a check looks at.
pub(crate) struct Seen {
    pub(crate) status: u16,
    headers: header::HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Answer {
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(&self.body).map_err(|error| {
            Failure::Unreachable(format!(
                "the answer is not one that this program knows ({error}); is the server of another version?"
            ))
        })
    }
}

impl Client {
    pub(crate) fn new(connection: &Connection) -> Result<Self, Failure> {
        let url = base_url(&connection.url)?;
        let http = built(builder(&url).timeout(TIMEOUT))?;
        let given = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        Ok(Self {
            http,
            base: url.as_str().trim_end_matches('/').to_owned(),
            url,
            who: given(&connection.key).map(Who::Key),
            project: given(&connection.project),
        })
    }

    /// The server's address, as given.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) async fn get(&self, route: &Route) -> Result<Answer, Failure> {
        self.send(Method::GET, route, None).await
    }

    /// As `get`, but what is not there is `None`.
    pub(crate) async fn find(&self, route: &Route) -> Result<Option<Answer>, Failure> {
        match self.get(route).await {
            Ok(answer) => Ok(Some(answer)),
            Err(Failure::Refused { status: 404, .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    pub(crate) async fn post(&self, route: &Route, body: &impl Serialize) -> Result<Answer, Failure> {
        self.send(Method::POST, route, Some(encode(body)?)).await
    }

    /// For what a server may work on for minutes.
    pub(crate) async fn post_patiently(
        &self,
        route: &Route,
        body: &impl Serialize,
    ) -> Result<Answer, Failure> {
        let http = built(builder(&self.url).read_timeout(PATIENCE))?;
        let request = self.request(&http, Method::POST, route);
        self.answer(request.header(header::CONTENT_TYPE, "application/json").body(encode(body)?)).await
    }

    /// NDJSON, gzipped.
    pub(crate) async fn post_lines(&self, route: &Route, packed: Vec<u8>) -> Result<Answer, Failure> {
        let request = self
            .request(&self.http, Method::POST, route)
            .header(header::CONTENT_TYPE, "application/x-ndjson")
            .header(header::CONTENT_ENCODING, "gzip");
        self.answer(request.body(packed)).await
    }

    /// For calls that say everything by their path.
    pub(crate) async fn post_empty(&self, route: &Route) -> Result<Answer, Failure> {
        self.send(Method::POST, route, None).await
    }

    pub(crate) async fn patch(&self, route: &Route, body: &impl Serialize) -> Result<Answer, Failure> {
        self.send(Method::PATCH, route, Some(encode(body)?)).await
    }

    pub(crate) async fn put(&self, route: &Route, body: &impl Serialize) -> Result<Answer, Failure> {
        self.send(Method::PUT, route, Some(encode(body)?)).await
    }

    pub(crate) async fn delete(&self, route: &Route) -> Result<Answer, Failure> {
        self.send(Method::DELETE, route, None).await
    }

    /// A list: at most `limit` items, or all of them. One page comes as the server wrote it, several as one.
    pub(crate) async fn list(&self, route: Route, limit: Option<usize>) -> Result<Answer, Failure> {
        let mut items: Vec<Box<RawValue>> = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let wanted =
                limit.map_or(PAGE_ITEMS, |limit| (limit - items.len().min(limit)).clamp(1, PAGE_ITEMS));
            let page_route =
                route.clone().query("limit", Some(&wanted.to_string())).query("cursor", cursor.as_deref());
            let answer = self.get(&page_route).await?;
            let page: Page<Box<RawValue>> = answer.parse()?;
            let first = items.is_empty() && cursor.is_none();
            items.extend(page.items);
            let full = limit.is_some_and(|limit| items.len() >= limit);
            if full || page.next_cursor.is_none() {
                if first {
                    return Ok(answer);
                }
                let whole = Page { items, next_cursor: page.next_cursor, total: page.total };
                return Ok(Answer { body: encode(&whole)? });
            }
            if page.next_cursor == cursor {
                return Err(Failure::Unreachable(
                    "the server's list does not end: a page names itself as next".into(),
                ));
            }
            cursor = page.next_cursor;
        }
    }

    /// Events as they come. The answer may last for days, so only silence is bounded: the server says something
    /// every few seconds.
    pub(crate) async fn events(&self, route: &Route) -> Result<Events<'_>, Failure> {
        let http = built(builder(&self.url).read_timeout(TIMEOUT))?;
        let request = self.request(&http, Method::GET, route).header(header::ACCEPT, "text/event-stream");
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        if !status.is_success() {
            let body = response.text().await.map_err(|error| self.unreachable(&error))?;
            return Err(Failure::Refused { status: status.as_u16(), body });
        }
        Ok(Events { client: self, response, parser: Parser::default() })
    }

    /// An answer that is no text and may be large, piece by piece.
    pub(crate) async fn download(&self, route: &Route) -> Result<Download<'_>, Failure> {
        let http = built(builder(&self.url).read_timeout(PATIENCE))?;
        let response = self.request(&http, Method::GET, route).send().await;
        let response = response.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        if !status.is_success() {
            let body = response.text().await.map_err(|error| self.unreachable(&error))?;
            return Err(Failure::Refused { status: status.as_u16(), body });
        }
        Ok(Download { client: self, response })
    }

    /// An archive, however long the server takes for it.
    pub(crate) async fn upload(&self, route: &Route, body: Body, bytes: u64) -> Result<Answer, Failure> {
        let http = built(builder(&self.url).read_timeout(PATIENCE))?;
        let request = self
            .request(&http, Method::POST, route)
            .header(header::CONTENT_TYPE, "application/gzip")
            .header(header::CONTENT_LENGTH, bytes)
            .body(body);
        self.answer(request).await
    }

    /// A door that needs no key, outside of the interface: status and body, whatever the status.
    pub(crate) async fn open(&self, path: &str) -> Result<(u16, String), Failure> {
        let request = self.http.get(format!("{}{path}", self.base));
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status().as_u16();
        Ok((status, response.text().await.map_err(|error| self.unreachable(&error))?))
    }

    /// With its headers; 304 is an answer too. One more header may be sent.
    pub(crate) async fn seen(
        &self,
        method: Method,
        route: &Route,
        header: Option<(&str, &str)>,
    ) -> Result<Seen, Failure> {
        let mut request = self.request(&self.http, method, route);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        self.seen_of(request).await
    }

    async fn seen_of(&self, request: RequestBuilder) -> Result<Seen, Failure> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.map_err(|error| self.unreachable(&error))?;
        if status >= 400 {
            return Err(Failure::Refused { status, body });
        }
        Ok(Seen { status, headers, body })
    }

    fn request(&self, http: &reqwest::Client, method: Method, route: &Route) -> RequestBuilder {
        let mut request = http.request(method, format!("{}/api/v1{}", self.base, route.to_path()));
        match &self.who {
            None => {}
            Some(Who::Key(key)) => request = request.bearer_auth(key),
            Some(Who::Session { cookie, csrf }) => {
                request = request.header(header::COOKIE, cookie).header("x-csrf-token", csrf);
            }
        }
        if let Some(project) = &self.project {
            request = request.header("x-project", project);
        }
        request
    }

    async fn send(&self, method: Method, route: &Route, body: Option<String>) -> Result<Answer, Failure> {
        let mut request = self.request(&self.http, method, route);
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        }
        self.answer(request).await
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(|error| self.unreachable(&error))?;
        if !status.is_success() {
            let body = String::from_utf8_lossy(&bytes).into_owned();
            return Err(Failure::Refused { status: status.as_u16(), body });
        }
        String::from_utf8(bytes.into()).map(|body| Answer { body }).map_err(|_| {
            Failure::Unreachable(format!(
                "{} answered with something that is not text; is it Promptory?",
                self.base
            ))
        })
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        if error.is_builder() {
            return Failure::Usage(format!("the request cannot be made: {}", chain(error)));
        }
        let advice = if error.is_timeout() {
            "It took too long."
        } else {
            "Is the server running there? `promptory serve` starts one; --url or PROMPTORY_URL names another."
        };
        Failure::Unreachable(format!("no answer from {}: {}\n  {advice}", self.base, chain(error)))
    }
}

/// An open answer of events.
pub(crate) struct Events<'a> {
    client: &'a Client,
    response: Response,
    parser: Parser,
}

impl Events<'_> {
    /// None: the server ended it.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>, Failure> {
        loop {
            if let Some(event) = self.parser.take() {
                return Ok(Some(event));
            }
            let piece = self.response.chunk().await.map_err(|error| self.client.unreachable(&error))?;
            let Some(piece) = piece else { return Ok(None) };
            self.parser.push(&piece).map_err(|_| {
                Failure::Unreachable("the answer is no stream of events; is it Promptory?".into())
            })?;
        }
    }
}

/// An open answer of bytes.
pub(crate) struct Download<'a> {
    client: &'a Client,
    response: Response,
}

impl Download<'_> {
    pub(crate) fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// None: it is complete.
    pub(crate) async fn next(&mut self) -> Result<Option<bytes::Bytes>, Failure> {
        self.response.chunk().await.map_err(|error| self.client.unreachable(&error))
    }
}

fn builder(url: &Url) -> ClientBuilder {
    let mut http = reqwest::Client::builder()
        .user_agent(concat!("promptory/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT);
    if is_loopback(url) {
        http = http.no_proxy();
    }
    if url.scheme() == "http" {
        // Plain HTTP needs no certificates of the system, and works where none are installed.
        http = http.tls_certs_only([]);
    }
    http
}

fn built(http: ClientBuilder) -> Result<reqwest::Client, Failure> {
    http.build().map_err(|error| Failure::Local(chain(&error)))
}

fn encode(body: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(body)
        .map_err(|error| Failure::Local(format!("the request cannot be written: {error}")))
}

fn base_url(text: &str) -> Result<Url, Failure> {
    let refuse = |why: &str| {
        Failure::Usage(format!("{text:?} is no address of a server such as http://127.0.0.1:8080: {why}"))
    };
    let url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(refuse("it must begin with http:// or https://"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("it may not have a query or a fragment"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Failure::Usage(
            "the address of the server may not hold a user or password; use --key".into(),
        ));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The error and what caused it, in one line, without the address (it is said already).
fn chain(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes.pop().unwrap_or_else(|| error.to_string())
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
