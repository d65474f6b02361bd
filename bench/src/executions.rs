//! Executions for benches: the same ones as a request and as rows.

use promptory_store::ExecutionRow;
use serde_json::{Value, json};

pub const PROMPTS: usize = 30;
pub const VERSIONS: usize = 5;
const MODELS: [(&str, &str); 3] =
    [("openai", "gpt-4o-mini"), ("anthropic", "claude-sonnet-4-5"), ("google", "gemini-2.5-flash")];
const COUNTRIES: [&str; 20] = [
    "DE", "US", "FR", "GB", "IN", "JP", "BR", "ES", "IT", "NL", "PL", "SE", "CA", "AU", "MX", "KR", "TR",
    "AR", "CH", "AT",
];

/// Numbers that look random and are the same in every run (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below n, small ones more often.
    #[expect(clippy::cast_possible_truncation, reason = "below n")]
    fn uneven(&mut self, n: usize) -> usize {
        let (a, b) = (self.next() as usize % n, self.next() as usize % n);
        a.min(b)
    }
}

/// One call.
pub struct Call {
    pub id: String,
    pub prompt: usize,
    pub version: usize,
    model: usize,
    country: usize,
    status: usize,
    latency_us: u64,
    input: u64,
    output: u64,
    key: u64,
}

pub fn prompt_name(prompt: usize) -> String {
    format!("bench/prompt-{prompt:02}")
}

impl Call {
    pub fn random(numbers: &mut Numbers) -> Self {
        let (a, b) = (numbers.next(), numbers.next());
        let variant = (a & 0x0fff) | 0x7000;
        Self {
            id: format!(
                "{:08x}-{:04x}-{variant:04x}-{:04x}-{:012x}",
                a >> 32,
                (a >> 16) & 0xffff,
                0x8000 | (b >> 50),
                b & 0xffff_ffff_ffff
            ),
            prompt: numbers.uneven(PROMPTS),
            version: numbers.uneven(VERSIONS),
            model: numbers.uneven(MODELS.len()),
            country: numbers.uneven(COUNTRIES.len()),
            status: if numbers.next().is_multiple_of(40) { 1 + numbers.uneven(2) } else { 0 },
            latency_us: 200_000 + numbers.next() % 800_000 * (1 + numbers.next() % 6),
            input: 100 + numbers.next() % 4_000,
            output: 10 + numbers.next() % 900,
            key: numbers.next() % 100_000,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "microseconds of a call")]
    pub fn json(&self, started_at: Option<&str>) -> Value {
        let status = ["success", "error", "timeout"][self.status];
        let mut call = json!({
            "id": self.id,
            "prompt": prompt_name(self.prompt),
            "version": format!("1.{}.0", self.version),
            "latency_ms": self.latency_us as f64 / 1000.0,
            "input_tokens": self.input,
            "output_tokens": self.output,
            "status": status,
            "provider": MODELS[self.model].0,
            "model": MODELS[self.model].1,
            "country": COUNTRIES[self.country],
            "key": format!("user-{}", self.key),
        });
        if self.status > 0 {
            call["error_type"] = json!("rate_limit");
            call["error_message"] = json!(format!("Rate limit reached, retry in {} s", self.key % 60));
        }
        if let Some(at) = started_at {
            call["started_at"] = json!(at);
        }
        call
    }

    /// As the server stores it.
    pub fn row(&self, n: i64) -> ExecutionRow {
        let mut hash = Numbers(n.unsigned_abs()).next().to_be_bytes().to_vec();
        hash.extend(Numbers(n.unsigned_abs() + 1).next().to_be_bytes());
        let line = i64::try_from(self.prompt * VERSIONS + self.version).unwrap_or(0);
        let number = |value: u64| i64::try_from(value).unwrap_or(0);
        let failed = self.status > 0;
        ExecutionRow {
            n,
            id: self.id.clone(),
            id_hash: hash,
            project: 4_611_686_018_427_387_904,
            line: 4_611_686_018_427_000_000 + line,
            started_at: 1_795_000_000_000_000 + n * 50,
            received_at: 1_795_000_000_000_000 + n * 50,
            latency: number(self.latency_us),
            status: i64::try_from(self.status).unwrap_or(0),
            input_tokens: Some(number(self.input)),
            output_tokens: Some(number(self.output)),
            cost: Some(number(self.input * 150_000 + self.output * 600_000)),
            provider: Some(MODELS[self.model].0.to_owned()),
            model: Some(MODELS[self.model].1.to_owned()),
            country: Some(COUNTRIES[self.country].to_owned()),
            unit_key: Some(format!("user-{}", self.key)),
            error_type: failed.then(|| "rate_limit".to_owned()),
            error_message: failed.then(|| format!("Rate limit reached, retry in {} s", self.key % 60)),
            error_shape: failed.then(|| "Rate limit reached, retry in ‹n› s".to_owned()),
            ..ExecutionRow::default()
        }
    }
}
