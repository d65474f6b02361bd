//! Finds secrets that were pasted into a text: keys, tokens, passwords. Never echoes them.
//!
//! Every pattern has a prefix or frame that its issuer chose so that it can be found, plus the length that a real
//! one has: prompts talk about keys all the time, and a false alarm on a real prompt is worse than a rare miss.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regex::{Regex, RegexSet, RegexSetBuilder};

use crate::violation::{Violation, position};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is, for people: `an AWS access key`.
    pub kind: &'static str,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

/// What it is, its pattern, and how many different characters it has at least. The last keeps out `sk-xxxx…`.
const PATTERNS: [(&str, &str, usize); 24] = [
    (
        "a private key",
        r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----\s*(?:[A-Za-z0-9+/=:,\- ]+\s+){0,6}[A-Za-z0-9+/=]{40}",
        12,
    ),
    ("an Anthropic key", r"\bsk-ant-[A-Za-z0-9]{2,12}-[A-Za-z0-9_\-]{32,}", 12),
    ("an OpenRouter key", r"\bsk-or-v1-[0-9a-f]{48,}", 9),
    ("an OpenAI key", r"\bsk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_\-]{32,}", 12),
    ("an API key (sk-…)", r"\bsk-[A-Za-z0-9]{32,}\b", 12),
    ("an AWS access key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b", 8),
    (
        "an AWS secret key",
        r#"(?i:aws_?secret_?(?:access_?)?key)["']?\s{0,3}[:=]\s{0,3}["']?[A-Za-z0-9/+]{40}(?:[^A-Za-z0-9/+=]|$)"#,
        14,
    ),
    ("a GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36,}\b", 12),
    ("a GitHub token", r"\bgithub_pat_[A-Za-z0-9]{20,}_[A-Za-z0-9]{40,}\b", 12),
    ("a GitLab token", r"\bgl(?:pat|dt|rt|ptt|cbt|ft|soat)-[A-Za-z0-9_\-]{20,}", 9),
    ("a Slack token", r"\bxox[abeoprs]-(?:[0-9]{8,}-)+[A-Za-z0-9\-]{16,}", 9),
    (
        "a Slack webhook",
        r"https://hooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]{6,}/[A-Z0-9]{6,}/[A-Za-z0-9]{16,}",
        14,
    ),
    ("a Stripe key", r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{20,}\b", 12),
    ("a Stripe webhook secret", r"\bwhsec_[A-Za-z0-9+/=]{28,}", 12),
    ("a Google API key", r"\bAIza[A-Za-z0-9_\-]{35}", 12),
    ("a Google OAuth secret", r"\bGOCSPX-[A-Za-z0-9_\-]{28}", 12),
    ("a Hugging Face token", r"\bhf_[A-Za-z]{30,}\b", 12),
    ("an npm or PyPI token", r"\b(?:npm_[A-Za-z0-9]{36}\b|pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_\-]{50,})", 12),
    ("a SendGrid key", r"\bSG\.[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43}", 14),
    (
        "a model provider's key",
        r"\b(?:gsk_[A-Za-z0-9]{48,}|xai-[A-Za-z0-9]{64,}|pplx-[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{36,}|fw_[A-Za-z0-9]{22,}|nvapi-[A-Za-z0-9_\-]{60,}|tvly-[A-Za-z0-9\-]{28,})",
        12,
    ),
    ("an Azure storage key", r"\bAccountKey=[A-Za-z0-9+/]{86}==", 14),
    ("a Twilio or Mailgun key", r"\b(?:SK[0-9a-f]{32}|key-[0-9a-f]{32})\b", 9),
    ("a JSON Web Token", r"\beyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{20,}", 14),
    (
        "a connection string with a password",
        r#"\b(?i:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|sqlserver|clickhouse)://[^\s:/@<>{}\[\]"'`]{0,64}:[^\s/@<>{}\[\]$*"'`]{3,128}@[A-Za-z0-9.\-]+"#,
        0,
    ),
];

/// Passwords of connection strings that only stand for one.
const STAND_INS: [&str; 12] = [
    "password", "passwd", "pass", "pwd", "secret", "changeme", "example", "xxx", "your", "hunter2",
    "postgres", "...",
];

/// For all patterns at once; with less it is thrown away and made anew within one text.
const AUTOMATON_BYTES: usize = 16 * 1024 * 1024;

static SET: LazyLock<RegexSet> = LazyLock::new(|| {
    let set = RegexSetBuilder::new(written()).dfa_size_limit(AUTOMATON_BYTES).build();
    set.expect("the patterns are constant")
});
static EACH: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    written().map(|pattern| Regex::new(&pattern).expect("the patterns are constant")).collect()
});

/// Secrets are ASCII. A boundary of Unicode words would give up the fast engine at the first character that is not.
fn written() -> impl Iterator<Item = String> {
    PATTERNS.iter().map(|(_, pattern, _)| pattern.replace(r"\b", r"(?-u:\b)"))
}

/// The first secret of a text, if any.
pub fn find(text: &str) -> Option<Found> {
    let hits = SET.matches(text).into_iter().filter_map(|i| {
        let (kind, _, different) = PATTERNS[i];
        let hit = EACH[i].find_iter(text).find(|hit| looks_real(hit.as_str(), different))?;
        Some((hit.start(), kind))
    });
    let (offset, kind) = hits.min_by_key(|(offset, _)| *offset)?;
    let (line, column) = position(text, offset);
    Some(Found { kind, line, column })
}

/// The violation for a text at `pointer`.
pub(crate) fn violation(found: &Found, pointer: &str) -> Violation {
    let detail = format!(
        "This looks like {}. Everyone who may read the prompt would read it, for ever: remove it and replace it \
         where it was issued. If it is none, say so with a reason.",
        found.kind
    );
    Violation::new("secret", pointer, detail).at(found.line, found.column)
}

fn looks_real(hit: &str, different: usize) -> bool {
    if different == 0 {
        return password_looks_real(hit);
    }
    if hit.starts_with("eyJ") {
        return token_was_issued(hit);
    }
    let lower = hit.to_ascii_lowercase();
    let mut seen = [false; 128];
    hit.bytes().filter(u8::is_ascii).for_each(|b| seen[usize::from(b)] = true);
    seen.iter().filter(|s| **s).count() >= different
        && !["example", "your", "xxxxx", "placeholder", "12345678901234"]
            .iter()
            .any(|word| lower.contains(word))
}

/// Documentation is full of tokens for John Doe. One that opens something says who issued it or until when it holds.
fn token_was_issued(hit: &str) -> bool {
    let Some(payload) = hit.split('.').nth(1) else { return false };
    let Ok(payload) = URL_SAFE_NO_PAD.decode(payload) else { return true };
    let payload = String::from_utf8_lossy(&payload);
    payload.contains("\"iss\"") || payload.contains("\"exp\"")
}

fn password_looks_real(hit: &str) -> bool {
    let Some((before, _)) = hit.rsplit_once('@') else { return false };
    let Some((_, password)) = before.rsplit_once(':') else { return false };
    let lower = password.to_ascii_lowercase();
    !STAND_INS.iter().any(|word| lower.contains(word)) && password.bytes().any(|b| b != b'*' && b != b'x')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made here, so that no scanner of repositories takes the tests for a leak.
    fn random(length: usize) -> String {
        let mut state = 12_345_u32;
        let alphabet = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        (0..length)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from(alphabet[(state >> 16) as usize % alphabet.len()])
            })
            .collect()
    }

    fn hex(length: usize) -> String {
        "0f1e2d3c4b5a69788796a5b4c3d2e1f0".chars().cycle().take(length).collect()
    }

    fn jwt(payload: &str) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", part(r#"{"alg":"HS256","typ":"JWT"}"#), part(payload), random(43))
    }

    #[test]
    fn secrets_are_found() {
        let upper = "QWERTY234567ZXCV";
        let samples = [
            format!("sk-ant-{}-{}", "api03", random(80)),
            format!("sk-or-v1-{}", hex(64)),
            format!("sk-proj-{}", random(60)),
            format!("sk-{}", random(48)),
            format!("AKIA{upper}"),
            format!("aws_secret_access_key = {}", random(40)),
            format!("ghp_{}", random(36)),
            format!("github_pat_{}_{}", random(22), random(59)),
            format!("glpat-{}", random(20)),
            format!("xoxb-{}-{}", "123456789012", random(24)),
            format!("https://hooks.slack.com/services/T{}/B{}/{}", "0AB12CD34", "0AB12CD34", random(24)),
            format!("sk_live_{}", random(24)),
            format!("whsec_{}", random(32)),
            format!("AIza{}", random(35)),
            format!("GOCSPX-{}", random(28)),
            format!("hf_{}", random(80).replace(|c: char| c.is_ascii_digit(), "")),
            format!("npm_{}", random(36)),
            format!("SG.{}.{}", random(22), random(43)),
            format!("gsk_{}", random(52)),
            format!("AccountKey={}==", random(86)),
            format!("key-{}", hex(32)),
            jwt(r#"{"iss":"https://issuer.test","exp":1999999999}"#),
            format!("postgres://app:{}@db.internal/main", random(16)),
            format!("mongodb+srv://app:{}@cluster0.mongodb.net", random(12)),
            format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n", random(64)),
            format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{}", random(70)),
        ];
        for sample in samples {
            let text = format!("Use this:\n  {sample} and answer.");
            let found = find(&text).unwrap_or_else(|| panic!("not found: {sample}"));
            assert_eq!(found.line, 2, "{sample}");
            assert!(found.column >= 3 && !violation(&found, "/content").detail.contains(&sample));
        }
    }

    #[test]
    fn talk_about_secrets_is_none() {
        for text in [
            "Set OPENAI_API_KEY=sk-... and go on.",
            "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "AKIAIOSFODNN7EXAMPLE",
            "postgres://user:password@localhost/db",
            "postgres://{{user}}:{{password}}@{{host}}/db",
            "postgres://user:${DB_PASSWORD}@host/db",
            "mysql://root:<password>@host",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "https://example.com/a:b@c",
            "ghp_your_token_here",
            "risk-assessmentofthewholethingwithoutanybreak",
            "key-value pairs",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
        assert_eq!(find(&jwt(r#"{"foo":"bar","name":"John Doe"}"#)), None);
    }
}
