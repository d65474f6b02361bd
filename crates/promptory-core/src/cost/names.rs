//! One model, many names: prefixes of routers and clouds, regions, dates.

use std::borrow::Cow;

/// Names by which a provider goes: those of OpenTelemetry, of client libraries and of routers. The first is ours.
///
/// A cloud that resells a model is a provider of its own: what it asks depends on region and kind of deployment.
const PROVIDERS: &[&[&str]] = &[
    &["openai", "open_ai", "open-ai", "text-completion-openai"],
    &["anthropic"],
    &[
        "google",
        "gemini",
        "gcp.gemini",
        "gcp.gen_ai",
        "google_genai",
        "google-genai",
        "google_ai_studio",
        "googleai",
    ],
    &["vertex_ai", "vertex", "vertexai", "vertex-ai", "gcp.vertex_ai", "google_vertexai", "google-vertex"],
    &["azure", "azure_openai", "azure-openai", "azure.ai.openai", "az.ai.openai", "azure_text"],
    &["azure_ai", "azure.ai.inference", "az.ai.inference"],
    &[
        "bedrock",
        "aws.bedrock",
        "aws_bedrock",
        "amazon_bedrock",
        "amazon-bedrock",
        "bedrock_converse",
        "bedrock_mantle",
    ],
    &["mistral", "mistral_ai", "mistralai"],
    &["deepseek"],
    &["xai", "x_ai", "x-ai", "x.ai"],
    &["cohere", "cohere_chat"],
    &["groq"],
    &["perplexity"],
    &["openrouter"],
];

/// Fronts of names that only one maker gives.
const MAKERS: &[(&str, &str)] = &[
    ("gpt-", "openai"),
    ("chatgpt-", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4-", "openai"),
    ("text-embedding-3-", "openai"),
    ("text-embedding-ada-", "openai"),
    ("claude-", "anthropic"),
    ("gemini-", "google"),
    ("mistral-", "mistral"),
    ("ministral-", "mistral"),
    ("magistral-", "mistral"),
    ("codestral-", "mistral"),
    ("devstral-", "mistral"),
    ("pixtral-", "mistral"),
    ("deepseek-", "deepseek"),
    ("grok-", "xai"),
    ("command-", "cohere"),
    ("nova-", "bedrock"),
];

/// Groups of regions in front of a model of Bedrock.
const REGIONS: &[&str] = &["us-gov.", "us.", "eu.", "apac.", "global.", "jp.", "au.", "ca."];

/// Of names as short as these a suffix is not looked for.
const DATE_BYTES: usize = 8;

fn lower(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
        Cow::Owned(text.to_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

fn cut(text: Cow<'_, str>, to: impl FnOnce(&str) -> &str) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(to(text)),
        Cow::Owned(text) => Cow::Owned(to(&text).to_owned()),
    }
}

fn known_provider(name: &str) -> Option<&'static str> {
    let names = PROVIDERS.iter().find(|names| names.contains(&name))?;
    names.first().copied()
}

/// A provider by the name that prices have it under; one that is not known keeps its own, in lower case.
pub fn provider_name(provider: &str) -> Cow<'_, str> {
    let name = lower(provider);
    // Vertex AI names its publishers in prices: `vertex_ai-anthropic_models`.
    let known = known_provider(&name).or_else(|| name.starts_with("vertex_ai-").then_some("vertex_ai"));
    known.map_or(name, Cow::Borrowed)
}

/// Who makes a model of this name, where only one does.
pub fn maker(model: &str) -> Option<&'static str> {
    MAKERS.iter().find(|(front, _)| model.starts_with(front)).map(|(_, maker)| *maker)
}

/// Provider and model as prices have them: lower case, without the prefixes of paths and routers. Without a provider
/// it is the one that the name says. Dates stay: see [`undated`].
pub fn normalised<'a>(provider: Option<&'a str>, model: &'a str) -> (Option<Cow<'a, str>>, Cow<'a, str>) {
    let given = provider.map(provider_name).filter(|name| !name.is_empty());
    let whole = lower(model);
    let (said, name) = (said_provider(&whole), cut(whole, |name| bare(name, given.as_deref())));
    let provider = given.or_else(|| said.or_else(|| maker(&name)).map(Cow::Borrowed));
    (provider, name)
}

/// The provider that the form of a name tells.
fn said_provider(model: &str) -> Option<&'static str> {
    if model.contains("publishers/") {
        return Some("vertex_ai");
    }
    if model.starts_with("arn:aws") {
        return Some("bedrock");
    }
    if let Some((first, _)) = model.split_once('/') {
        return if first == "models" { Some("google") } else { known_provider(first) };
    }
    // `us.anthropic.claude-…`, `amazon.nova-…`
    let (maker, rest) = without_region(model).split_once('.')?;
    let makers = ["anthropic", "amazon", "meta", "mistral", "cohere", "deepseek", "ai21", "openai", "qwen"];
    (makers.contains(&maker) && rest.contains('-')).then_some("bedrock")
}

/// Without the path in front: `models/…`, `publishers/google/models/…`, an ARN, and names of providers if that is the
/// one that is asked for or none is. What a router sells under `openai/…` is the router's.
fn bare<'n>(name: &'n str, provider: Option<&str>) -> &'n str {
    if name.starts_with("arn:aws") {
        return name.rsplit_once('/').map_or(name, |(_, last)| last);
    }
    let mut name = name;
    if name.starts_with("models/") || name.contains("publishers/") {
        name = name.rsplit_once("models/").map_or(name, |(_, last)| last);
    }
    while let Some((first, rest)) = name.split_once('/') {
        let theirs = known_provider(first);
        if first != provider.unwrap_or_default()
            && (theirs.is_none() || provider.is_some() && theirs != provider)
        {
            break;
        }
        name = rest;
    }
    name
}

fn without_region(name: &str) -> &str {
    REGIONS.iter().find_map(|region| name.strip_prefix(region)).unwrap_or(name)
}

/// `-v1:0` and the like at the end.
fn without_revision(name: &str) -> &str {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let front = name.rsplit_once(':').filter(|(_, last)| digits(last)).map_or(name, |(front, _)| front);
    front.rsplit_once("-v").filter(|(_, last)| digits(last)).map_or(front, |(front, _)| front)
}

/// Without the date of a snapshot at its end: `-2024-08-06`, `-20241022`, `@20241022`, and `-latest`.
pub fn undated(name: &str) -> &str {
    let plain = name.strip_suffix("-latest").or_else(|| name.strip_suffix("@latest"));
    if let Some(front) = plain.or_else(|| name.strip_suffix("@default")) {
        return front;
    }
    let shape = |tail: &str, shape: &str| {
        tail.len() == shape.len()
            && tail.bytes().zip(shape.bytes()).all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                wanted => byte == wanted,
            })
    };
    for (bytes, shapes) in
        [(DATE_BYTES + 3, ["-0000-00-00", "@0000-00-00"]), (DATE_BYTES + 1, ["-00000000", "@00000000"])]
    {
        let Some(at) = name.len().checked_sub(bytes).filter(|at| *at > 0 && name.is_char_boundary(*at))
        else {
            continue;
        };
        let (front, tail) = name.split_at(at);
        if shapes.iter().any(|wanted| shape(tail, wanted)) {
            return front;
        }
    }
    name
}

/// Tries the names under which a model may be listed, the most exact first, until one answers.
pub(super) fn try_names<T>(
    provider: &str,
    whole: &str,
    name: &str,
    mut find: impl FnMut(&str) -> Option<T>,
) -> Option<T> {
    let mut tried = [""; 8];
    let mut count = 0;
    let mut attempt = |candidate| {
        if tried[..count].contains(&candidate) {
            return None;
        }
        if let Some(slot) = tried.get_mut(count) {
            *slot = candidate;
            count += 1;
        }
        find(candidate)
    };
    if let Some(found) = attempt(whole).or_else(|| attempt(name)) {
        return Some(found);
    }
    if provider != "bedrock" {
        return attempt(undated(name));
    }
    let placeless = without_region(name);
    let makerless = placeless.split_once('.').map_or(placeless, |(_, rest)| rest);
    let plain = without_revision(makerless);
    [placeless, makerless, plain, undated(plain)].into_iter().find_map(attempt)
}
