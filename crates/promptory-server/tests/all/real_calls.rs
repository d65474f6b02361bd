//! Real calls of models, recorded as they happened: the figures are what a direct sum gives.

use promptory_core::{analytics::Cell, time::Timestamp};
use serde_json::{Value, json};

use crate::calls::{call_with, live, outcome, total_when};

struct Call {
    started: Timestamp,
    input: i64,
    output: i64,
}

/// `2023-11-16 18:17:03.9799600,4808,10`: a tenth of a microsecond more than is kept.
fn read(text: &str) -> Vec<Call> {
    let call = |line: &str| {
        let mut fields = line.trim().split(',');
        let mut next = || fields.next().expect("three fields").to_owned();
        let started = format!("{}Z", next().replace(' ', "T"));
        let tokens = |text: String| text.parse().expect("a number");
        Call {
            started: Timestamp::parse_rfc3339(&started).expect("a time"),
            input: tokens(next()),
            output: tokens(next()),
        }
    };
    text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(call).collect()
}

/// Exact on both sides: sums, squares, bounds; the sketch within its one percent.
fn assert_same(total: &Cell, calls: &[Call]) {
    for (name, measure, values) in [
        ("input", &total.input, calls.iter().map(|call| call.input).collect::<Vec<_>>()),
        ("output", &total.output, calls.iter().map(|call| call.output).collect()),
        ("latency", &total.latency, calls.iter().map(|call| call.output * 25_000).collect()),
    ] {
        let mut values = values;
        values.sort_unstable();
        let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
        let squares: u128 = values.iter().map(|value| u128::from(value.unsigned_abs()).pow(2)).sum();
        assert_eq!(
            (measure.count, measure.sum, measure.squares),
            (values.len() as u64, sum, squares),
            "{name}"
        );
        assert_eq!((measure.min, measure.max), (values[0], values[values.len() - 1]), "{name}");
        for percent in [50, 90, 95, 99] {
            let exact = values[(values.len() - 1) * percent / 100] as f64;
            let next = values[((values.len() - 1) * percent).div_ceil(100)] as f64;
            let found = measure.quantile(percent as f64 / 100.0).expect("values");
            assert!(
                (exact * 0.99 - 1.0..=next * 1.01 + 1.0).contains(&found),
                "{name} p{percent}: {found}, {exact}"
            );
        }
    }
}

both!(real_calls_add_up, async |db| {
    let (app, admin) = live(db).await;
    let mut all = Vec::new();
    for (name, text) in [
        ("code", include_str!("../data/azure-llm-2023/code.csv")),
        ("conv", include_str!("../data/azure-llm-2023/conv.csv")),
    ] {
        let calls = read(text);
        assert_eq!(calls.len(), 200);
        let sent: Vec<Value> = calls
            .iter()
            .enumerate()
            .map(|(n, call)| {
                call_with(&format!("{name}/{n}"), json!({
                    "started_at": call.started.to_rfc3339(), "input_tokens": call.input, "output_tokens": call.output,
                    // The traces have none: as long as what was written.
                    "latency_ms": call.output * 25, "session": name,
                }))
            })
            .collect();
        // Split as clients send them, and once more as they do after a broken line.
        for part in sent.chunks(37) {
            assert_eq!(outcome(admin.record(part.to_vec()).await), (part.len() as u64, 0, 0));
        }
        assert_eq!(outcome(admin.record(sent).await), (0, 200, 0));
        all.extend(calls);
    }
    let total = total_when(&app, |total| total.count() == 400).await;
    assert_same(&total, &all);
    assert_eq!(total.late, 400, "they are of long ago");
    admin.counted(400).await;
    // And so says every row that is listed.
    let rows = admin.get("/executions/export").await.good();
    let rows: Vec<Value> =
        rows.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let sum =
        |field: &str| rows.iter().map(|row| i128::from(row[field].as_i64().expect("a count"))).sum::<i128>();
    assert_eq!(
        (rows.len(), sum("input_tokens"), sum("output_tokens")),
        (400, total.input.sum, total.output.sum)
    );
});
