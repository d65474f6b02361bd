//! The web interface: files that its own build has made, and compressed, are handed out as they are. Every address that is
//! none of the API's leads to its page, which finds out by itself where it is.

use std::{borrow::Cow, path::PathBuf};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::serve::matches;
use crate::{ids::hex, refusal::Refusal};

const PAGE: &str = "index.html";
/// Files whose names change with their content.
const HASHED: &str = "assets/";
/// What the interface may not answer for.
const OTHERS: [&str; 5] = ["/api", "/healthz", "/readyz", "/metrics", "/assets"];
/// By the front of their names: content of these is smaller already.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// For somebody who opens a server that was built without the interface. It is a 404 and no 503: the server is well, and
/// neither a monitor nor a proxy should think otherwise.
const MISSING: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Promptory</title>\
    <h1>This server has no web UI</h1><p>It was built without one; the API works. To get it, start the server with \
    <code>cargo xtask run</code>, or run <code>npm ci</code> and <code>npm run build</code> in <code>ui/</code> with Node 20 \
    and build the server again.</p><p><a href=\"/api/docs\">The reference of the API</a></p></html>";

/// In the program itself; builds for development read the folder.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct BuiltIn;

/// Where the files of the interface are.
#[derive(Debug, Clone, Default)]
pub enum Ui {
    #[default]
    BuiltIn,
    Folder(PathBuf),
    None,
}

struct File {
    bytes: Cow<'static, [u8]>,
    hash: [u8; 32],
}

impl Ui {
    fn file(&self, path: &str) -> Option<File> {
        match self {
            Self::BuiltIn => {
                BuiltIn::get(path).map(|file| File { hash: file.metadata.sha256_hash(), bytes: file.data })
            }
            Self::Folder(folder) => {
                let bytes = std::fs::read(folder.join(path)).ok()?;
                Some(File { hash: Sha256::digest(&bytes).into(), bytes: bytes.into() })
            }
            Self::None => None,
        }
    }
}

/// The path of a file, if it can be one of ours: nothing hidden, nothing above, no compressed sibling.
fn file_path(path: &str) -> Option<&str> {
    let path = path.strip_prefix('/')?;
    let plain = |part: &str| {
        let known = part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        known && !part.is_empty() && !part.starts_with('.')
    };
    let sibling = ENCODINGS.iter().any(|(_, ending)| path.ends_with(ending));
    (path.split('/').all(plain) && !sibling).then_some(path)
}

fn is_others(path: &str) -> bool {
    let under =
        |door: &str| path.strip_prefix(door).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    OTHERS.into_iter().any(under)
}

/// What a browser gets at an address that no route has; `nothing`: what everybody else gets.
///
/// # Errors
/// There is nothing here.
pub fn answer(
    ui: &Ui,
    (method, path): (&Method, &str),
    headers: &HeaderMap,
    nothing: Refusal,
) -> Result<Response, Refusal> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Err(nothing);
    }
    if let Some(name) = file_path(path)
        && let Some(file) = ui.file(name)
    {
        return Ok(found(ui, name, file, headers));
    }
    if is_others(path) {
        return Err(nothing);
    }
    if let Some(page) = ui.file(PAGE) {
        return Ok(found(ui, PAGE, page, headers));
    }
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return Err(nothing);
    }
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    Ok(guarded((StatusCode::NOT_FOUND, kind, MISSING).into_response()))
}

fn found(ui: &Ui, name: &str, plain: File, headers: &HeaderMap) -> Response {
    let wanted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let smaller = ENCODINGS.iter().filter(|(encoding, _)| accepts(wanted, encoding));
    let smaller =
        smaller.filter_map(|(encoding, ending)| Some((*encoding, ui.file(&format!("{name}{ending}"))?)));
    let (encoding, file) =
        smaller.map(|(encoding, file)| (Some(encoding), file)).next().unwrap_or((None, plain));
    let etag = format!("\"{}\"", hex(&file.hash[..16]));
    // Hexadecimal digits.
    let etag = HeaderValue::from_str(&etag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|wanted| matches(wanted, &etag));
    let mut response = match known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Response::new(Body::from(file.bytes.into_owned())),
    };
    let kept = if name.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    out.insert(header::ETAG, etag);
    if !known {
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
        if let Some(encoding) = encoding {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    guarded(response)
}

fn guarded(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether `Accept-Encoding` has it, and not with the weight 0.
fn accepts(wanted: &str, encoding: &str) -> bool {
    wanted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let refused =
            weight.trim().strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q == 0.0));
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_are_files() {
        for (path, file) in [
            ("/index.html", Some("index.html")),
            ("/assets/a-1_2.js", Some("assets/a-1_2.js")),
            ("/", None),
            ("/../secret", None),
            ("/assets/../index.html", None),
            ("/.env", None),
            ("/a//b", None),
            ("/%2e%2e/x", None),
            ("/a\\b", None),
            ("/assets/a.js.br", None),
            ("/assets/a.js.gz", None),
        ] {
            assert_eq!(file_path(path), file, "{path}");
        }
    }

    #[test]
    fn what_the_interface_leaves_to_others() {
        for (path, others) in [
            ("/", false),
            ("/prompts/api", false),
            ("/apis", false),
            ("/api", true),
            ("/api/v1/none", true),
            ("/healthz/x", true),
            ("/assets/none.js", true),
            ("/metrics/", true),
        ] {
            assert_eq!(is_others(path), others, "{path}");
        }
    }

    #[test]
    fn encodings_and_their_weights() {
        for (wanted, br, gzip) in [
            ("gzip, deflate, br", true, true),
            ("gzip;q=0.5, BR ; q=1.0", true, true),
            ("br;q=0, gzip", false, true),
            ("br;q=0.000", false, false),
            ("identity", false, false),
            ("", false, false),
            ("brotli", false, false),
        ] {
            assert_eq!((accepts(wanted, "br"), accepts(wanted, "gzip")), (br, gzip), "{wanted}");
        }
    }
}
