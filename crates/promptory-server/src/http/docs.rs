//! The reference for people, written by the server from the API document: no script, nothing fetched from
//! elsewhere, so it works behind a firewall and under the strictest content policy.

use std::{fmt::Write, sync::Arc};

use axum::{Router, response::IntoResponse, routing::get};
use bytes::Bytes;
use http::{HeaderValue, header};
use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::{app::App, refusal::Code};

const STYLE: &str = include_str!("docs/style.css");

pub fn routes(document: &OpenApi) -> Router<Arc<App>> {
    let json = Bytes::from(document.to_json().unwrap_or_default());
    let value: Value = serde_json::from_slice(&json).unwrap_or_default();
    let reference = Bytes::from(reference(&value));
    let errors = Bytes::from(errors());
    let page = |page: Bytes| async move { html(page) };
    Router::new()
        .route(
            "/api/openapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], json) }),
        )
        .route("/api/docs", get(move || page(reference)))
        .route("/api/docs/errors", get(move || page(errors)))
        .route("/api/docs/style.css", get(|| async { ([(header::CONTENT_TYPE, "text/css")], STYLE) }))
}

fn html(page: Bytes) -> impl IntoResponse {
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'self'; frame-ancestors 'none'");
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)], page)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Escaped, with `code` between backquotes.
fn prose(text: &str) -> String {
    let mut out = String::new();
    for (i, part) in escape(text).split('`').enumerate() {
        let _ = if i % 2 == 1 { write!(out, "<code>{part}</code>") } else { write!(out, "{part}") };
    }
    out
}

fn frame(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"stylesheet\" href=\"/api/docs/style.css\"></head><body>{body}</body></html>"
    )
}

fn errors() -> String {
    let mut body = String::from(
        "<main><p><a href=\"/api/docs\">Reference</a></p><h1>Errors</h1>\
         <p>Every error is a problem document (RFC 9457) with a stable <code>code</code>.</p>",
    );
    for code in Code::ALL {
        let _ = write!(
            body,
            "<section id=\"{0}\"><h3><code>{0}</code> <span class=\"status\">{1}</span></h3><p>{2}.{3}</p></section>",
            code.as_str(),
            code.status().as_u16(),
            escape(code.title()),
            prose(code.explanation()),
        );
    }
    body.push_str("</main>");
    frame("Promptory: errors", &body)
}

fn reference(document: &Value) -> String {
    let mut nav = String::from("<nav><strong>Promptory API</strong>");
    let mut main = format!(
        "<main><h1>Promptory API</h1><p>{}</p><p>Version {}. The full document is at \
         <a href=\"/api/openapi.json\">/api/openapi.json</a>; errors are explained <a href=\"/api/docs/errors\">here</a>. \
         Every call needs <code>Authorization: Bearer &lt;key&gt;</code> unless it says otherwise.</p>",
        prose(document["info"]["description"].as_str().unwrap_or_default()),
        escape(document["info"]["version"].as_str().unwrap_or_default()),
    );
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        let about = tag["description"].as_str().unwrap_or_default();
        let _ = write!(nav, "<h2>{}</h2>", escape(name));
        let _ = write!(main, "<h2>{}</h2><p>{}</p>", escape(name), prose(about));
        operations(document, name, &mut nav, &mut main);
    }
    main.push_str("<h2>Schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let _ = write!(main, "<section id=\"schema-{0}\"><h3>{0}</h3>", escape(name));
        fields(schema, &mut main);
        main.push_str("</section>");
    }
    frame("Promptory: API reference", &format!("{nav}</nav>{main}</main>"))
}

fn operations(document: &Value, tag: &str, nav: &mut String, main: &mut String) {
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let tagged = operation["tags"].as_array().is_some_and(|tags| tags.iter().any(|t| t == tag));
            if !tagged {
                continue;
            }
            let id = operation["operationId"].as_str().unwrap_or_default();
            let method = method.to_uppercase();
            let _ = write!(
                nav,
                "<a href=\"#{id}\"><b>{method}</b> {}</a>",
                escape(path.trim_start_matches("/api/v1"))
            );
            let _ =
                write!(main, "<section id=\"{id}\"><h3><b>{method}</b> <code>{}</code></h3>", escape(path));
            one(operation, main);
            main.push_str("</section>");
        }
    }
}

fn one(operation: &Value, main: &mut String) {
    for text in [&operation["summary"], &operation["description"]] {
        let _ = write!(main, "<p>{}</p>", prose(text.as_str().unwrap_or_default()));
    }
    match operation["security"][0]["key"][0].as_str() {
        Some(scope) => {
            let _ = write!(main, "<p class=\"scope\">Needs: <code>{}</code></p>", escape(scope));
        }
        None => main.push_str("<p class=\"scope\">Needs no key</p>"),
    }
    let parameters = operation["parameters"].as_array();
    if parameters.is_some_and(|list| !list.is_empty()) {
        main.push_str("<table><tr><th>Parameter</th><th>In</th><th></th></tr>");
        for parameter in parameters.into_iter().flatten() {
            let text = |key: &str| parameter[key].as_str().unwrap_or_default().to_owned();
            let (name, place, about) = (text("name"), text("in"), text("description"));
            let _ = write!(
                main,
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                escape(&name),
                escape(&place),
                prose(&about)
            );
        }
        main.push_str("</table>");
    }
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        let _ = write!(main, "<p>Body: {}</p>", kind(body));
    }
    main.push_str("<table><tr><th>Answer</th><th></th></tr>");
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let content = response["content"].as_object().and_then(|content| content.values().next());
        let shape = content.map(|content| kind(&content["schema"])).unwrap_or_default();
        let about = prose(response["description"].as_str().unwrap_or_default());
        let _ = write!(main, "<tr><td>{}</td><td>{about} {shape}</td></tr>", escape(status));
    }
    main.push_str("</table>");
}

fn fields(schema: &Value, main: &mut String) {
    let _ = write!(main, "<p>{}</p>", prose(schema["description"].as_str().unwrap_or_default()));
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|list| list.iter().any(|n| n == name));
    let Some(properties) = schema["properties"].as_object() else {
        let _ = write!(main, "<p>{}</p>", kind(schema));
        return;
    };
    main.push_str("<table><tr><th>Field</th><th>Type</th><th></th></tr>");
    for (name, property) in properties {
        let mark = if required(name) { "" } else { "?" };
        let about = prose(property["description"].as_str().unwrap_or_default());
        let _ = write!(
            main,
            "<tr><td><code>{}{mark}</code></td><td>{}</td><td>{about}</td></tr>",
            escape(name),
            kind(property)
        );
    }
    main.push_str("</table>");
}

/// A type in words, with links to schemas.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#schema-{0}\">{0}</a>", escape(name));
    }
    for many in ["oneOf", "anyOf", "allOf"] {
        if let Some(list) = schema[many].as_array() {
            return list.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(name) => escape(name),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).map(escape).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}
