//! One served build with its prebuilt answer.

use std::{
    ops::Range,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use http::HeaderValue;
use promptory_core::{
    build::{self, Stored},
    definition::Definition,
    template::{Compiled, RenderError, Rendered},
    violation::Violation,
};
use promptory_store::{Included, IncludedVersion};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::uses::Slots;
use crate::numbers::number_text;

/// What a build is made of, as the database has it; JSON columns are text.
pub struct Parts<'a> {
    pub prompt: &'a str,
    pub kind: &'a str,
    pub environment: &'a str,
    pub version_id: &'a str,
    pub number: &'a str,
    pub sequence: i64,
    pub content: &'a str,
    pub template: &'a str,
    pub variables: &'a str,
    pub settings: &'a str,
    pub content_hash: &'a str,
    pub build_hash: &'a str,
    pub deployment_id: Option<&'a str>,
    pub archived: bool,
    pub revision: i64,
    /// In the build's order.
    pub includes: &'a [Included],
    /// JSON: what is rolled out beside it.
    pub rollout: Option<&'a str>,
}

/// A version as one environment serves it. The whole answer of `active` is built once; `resolve` reuses its front.
pub struct Build {
    /// Tells builds of this process apart.
    pub serial: u64,
    pub version_id: Box<str>,
    pub number: Box<str>,
    pub sequence: i64,
    pub deployment_id: Option<Box<str>>,
    pub archived: bool,
    /// Of the last change that altered a byte of this answer.
    pub revision: i64,
    /// The answer of `active`.
    pub body: Bytes,
    /// Strong: another byte of the body is another tag.
    pub etag: HeaderValue,
    /// The part of `body` that does not depend on where it is served, without a comma after it.
    front: usize,
    kind: Span,
    content: Span,
    template: Span,
    variables: Span,
    settings: Span,
    build_hash: Span,
    includes: Box<[Included]>,
    /// It is no environment's own: a label's.
    pub(super) everywhere: bool,
    pub(super) uses: Slots,
    /// Compiled when first rendered, then kept.
    compiled: OnceLock<Box<Result<Compiled, Vec<Violation>>>>,
}

/// Where something lies in the body, which is far smaller than 4 GiB.
#[derive(Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        let at = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        Self { start: at(range.start), end: at(range.end) }
    }
}

/// Appends to the body and remembers where things lie.
struct Body(String);

impl Body {
    /// A JSON string with its key; answers where the text between the quotes is (only for plain words).
    fn string(&mut self, key: &str, value: &str) -> Range<usize> {
        self.0.push_str(key);
        let start = self.0.len() + 1;
        self.0.push_str(&Value::from(value).to_string());
        start..self.0.len() - 1
    }

    /// JSON that is text already.
    fn raw(&mut self, key: &str, json: &str) -> Range<usize> {
        self.0.push_str(key);
        let start = self.0.len();
        self.0.push_str(json);
        start..self.0.len()
    }
}

impl Build {
    pub fn new(parts: &Parts<'_>) -> Self {
        let room = parts.content.len() + parts.variables.len() + parts.settings.len() + 640;
        let mut body = Body(String::with_capacity(room));
        body.string("{\"prompt\":", parts.prompt);
        let kind = body.string(",\"kind\":", parts.kind);
        body.string(",\"version\":", parts.number);
        body.raw(",\"sequence\":", &parts.sequence.to_string());
        let content = body.raw(",\"content\":", parts.content);
        for (i, include) in parts.includes.iter().enumerate() {
            body.string(if i == 0 { ",\"includes\":[{\"name\":" } else { ",{\"name\":" }, &include.name);
            body.string(",\"version\":", &included_number(&include.version));
            body.raw(",\"content\":", &include.version.content);
            body.string(",\"template\":", &include.version.template);
            body.raw(",\"variables\":", &include.version.variables);
            body.0.push('}');
        }
        body.0.push_str(if parts.includes.is_empty() { ",\"includes\":[]" } else { "]" });
        let template = body.string(",\"template\":", parts.template);
        let variables = body.raw(",\"variables\":", parts.variables);
        let settings = body.raw(",\"settings\":", parts.settings);
        body.string(",\"content_hash\":", parts.content_hash);
        let build_hash = body.string(",\"build_hash\":", parts.build_hash);
        let front = body.0.len();
        body.string(",\"environment\":", parts.environment);
        body.raw(",\"revision\":", &parts.revision.to_string());
        if let Some(rollout) = parts.rollout {
            body.raw(",\"rollout\":", rollout);
        }
        body.0.push('}');
        // A copy of just its size: memory that was shrunk in place stays as large as it was.
        let body = Bytes::copy_from_slice(body.0.as_bytes());
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        Self {
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            version_id: parts.version_id.into(),
            number: parts.number.into(),
            sequence: parts.sequence,
            deployment_id: parts.deployment_id.map(Into::into),
            archived: parts.archived,
            revision: parts.revision,
            etag: etag(&body, [&content, &variables, &settings]),
            body,
            front,
            kind: kind.into(),
            content: content.into(),
            template: template.into(),
            variables: variables.into(),
            settings: settings.into(),
            build_hash: build_hash.into(),
            includes: parts.includes.into(),
            everywhere: parts.environment.is_empty(),
            uses: Slots::default(),
            compiled: OnceLock::new(),
        }
    }

    /// `{"prompt":…,"build_hash":"…"`: the front of every answer about this build, still open.
    pub fn front(&self) -> &[u8] {
        &self.body[..self.front]
    }

    pub fn build_hash(&self) -> &str {
        self.text(&self.build_hash)
    }

    /// Whether the text includes other prompts, resolved or not.
    pub fn has_includes(&self) -> bool {
        // Looked at closely only where the words are there at all.
        let content = self.text(&self.content);
        if !(self.text(&self.template) == "jinja" && content.contains("include")) {
            return false;
        }
        self.stored().definition().is_ok_and(|definition| !definition.includes().is_empty())
    }

    /// The same under another name of its prompt.
    pub fn renamed(&self, name: &str, revision: i64) -> Self {
        let body = self.parsed();
        let rollout = body.get("rollout").map(Value::to_string);
        self.again(&body, name, rollout.as_deref(), revision)
    }

    /// The same with something else, or nothing, rolled out beside it.
    pub fn beside(&self, rollout: Option<&str>, revision: i64) -> Self {
        let body = self.parsed();
        self.again(&body, body["prompt"].as_str().unwrap_or_default(), rollout, revision)
    }

    /// Whether its answer names a rollout.
    pub fn names_a_rollout(&self) -> bool {
        self.parsed().get("rollout").is_some()
    }

    fn parsed(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    fn again(&self, body: &Value, name: &str, rollout: Option<&str>, revision: i64) -> Self {
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        Self::new(&Parts {
            prompt: name,
            kind: self.text(&self.kind),
            environment: &text("environment"),
            version_id: &self.version_id,
            number: &self.number,
            sequence: self.sequence,
            content: self.text(&self.content),
            template: self.text(&self.template),
            variables: self.text(&self.variables),
            settings: self.text(&self.settings),
            content_hash: &text("content_hash"),
            build_hash: self.build_hash(),
            deployment_id: self.deployment_id.as_deref(),
            archived: self.archived,
            revision,
            includes: &self.includes,
            rollout,
        })
    }

    /// For search: the text as it is stored, JSON.
    pub fn stored_content(&self) -> &str {
        self.text(&self.content)
    }

    pub fn stored_settings(&self) -> &str {
        self.text(&self.settings)
    }

    fn text(&self, span: &Span) -> &str {
        // The body was a String and the ranges lie at JSON boundaries.
        std::str::from_utf8(&self.body[span.range()]).unwrap_or_default()
    }

    fn stored(&self) -> Stored<'_> {
        Stored {
            kind: self.text(&self.kind),
            content: self.text(&self.content),
            template: self.text(&self.template),
            variables: self.text(&self.variables),
            settings: self.text(&self.settings),
        }
    }

    /// The version, and what it includes in the build's order.
    ///
    /// # Errors
    /// A stored row is damaged.
    pub fn definitions(&self) -> Result<(Definition, Vec<Definition>), String> {
        let included = self.includes.iter().map(|include| included(include).definition());
        Ok((self.stored().definition()?, included.collect::<Result<_, _>>()?))
    }

    pub fn includes(&self) -> &[Included] {
        &self.includes
    }

    /// # Errors
    /// Missing or ill-typed variables, or a template that fails.
    pub fn render(&self, variables: &Map<String, Value>) -> Result<Rendered, RenderError> {
        let compiled = self.compiled.get_or_init(|| Box::new(compile(&self.stored(), &self.includes)));
        match &**compiled {
            Ok(compiled) => compiled.render(variables),
            Err(problems) => Err(RenderError::Variables(problems.clone())),
        }
    }
}

fn included_number(row: &IncludedVersion) -> String {
    number_text(row.major, row.minor, row.patch, &row.pre)
}

pub(crate) fn compile(root: &Stored<'_>, includes: &[Included]) -> Result<Compiled, Vec<Violation>> {
    build::compile(root, &includes.iter().map(included).collect::<Vec<_>>())
}

fn included(include: &Included) -> Stored<'_> {
    let row = &include.version;
    Stored::included(&row.content, &row.template, &row.variables)
}

/// Over all of the body but what its content hash stands for, which is most of it and was hashed when it was written.
/// Sixteen bytes of SHA-256 are plenty to tell answers apart.
fn etag(body: &[u8], hashed: [&Range<usize>; 3]) -> HeaderValue {
    let mut hasher = Sha256::new();
    let mut from = 0;
    for range in hashed {
        hasher.update(&body[from..range.start]);
        from = range.end;
    }
    hasher.update(&body[from..]);
    let digest = hasher.finalize();
    let text = format!("\"{}\"", crate::ids::hex(&digest[..16]));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'a>() -> Parts<'a> {
        Parts {
            prompt: "support/\"reply\"",
            kind: "text",
            environment: "production",
            version_id: "v",
            number: "1.2.0",
            sequence: 3,
            content: r#""Hello {{ name }}\n""#,
            template: "jinja",
            variables: r#"[{"name":"name","required":true}]"#,
            settings: r#"{"temperature":0.70}"#,
            content_hash: "sha256:a",
            build_hash: "sha256:b",
            deployment_id: None,
            archived: false,
            revision: 7,
            includes: &[],
            rollout: None,
        }
    }

    #[test]
    fn a_build_takes_little_beside_its_body() {
        assert!(size_of::<Build>() <= 320, "{} bytes", size_of::<Build>());
    }

    #[test]
    fn the_body_is_json_and_keeps_numbers_as_received() {
        let build = Build::new(&parts());
        let text = std::str::from_utf8(&build.body).expect("text");
        let value: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(value["prompt"], "support/\"reply\"");
        assert_eq!(value["content"], "Hello {{ name }}\n");
        assert_eq!(value["revision"], serde_json::json!(7));
        assert!(text.contains("0.70"), "{text}");
        let front = String::from_utf8(build.front().to_vec()).expect("text");
        assert!(front.ends_with("\"build_hash\":\"sha256:b\""), "{front}");
    }

    #[test]
    fn it_renders_from_its_own_body() {
        let build = Build::new(&parts());
        let variables = serde_json::json!({"name": "Ada"});
        let rendered = build.render(variables.as_object().expect("object"));
        assert_eq!(rendered, Ok(Rendered::Text("Hello Ada\n".to_owned())));
    }

    #[test]
    fn its_answer_names_what_is_rolled_out_beside_it() {
        let alone = Build::new(&parts());
        let beside = alone.beside(Some(r#"{"version":"1.3.0","percentage":12.5}"#), 8);
        let text = std::str::from_utf8(&beside.body).expect("text");
        assert!(
            text.ends_with(r#","revision":8,"rollout":{"version":"1.3.0","percentage":12.5}}"#),
            "{text}"
        );
        assert!(beside.names_a_rollout() && !alone.names_a_rollout());
        assert!(beside.renamed("other", 9).names_a_rollout());
        assert_eq!(beside.beside(None, 7).body, alone.body, "and no more when it is over");
    }

    #[test]
    fn one_byte_of_difference_is_another_etag() {
        let one = Build::new(&parts());
        let other = Build::new(&Parts { revision: 8, ..parts() });
        assert_ne!(one.etag, other.etag);
        assert_ne!(one.etag, Build::new(&Parts { content_hash: "sha256:c", ..parts() }).etag);
        assert_eq!(one.etag, Build::new(&parts()).etag);
    }
}
