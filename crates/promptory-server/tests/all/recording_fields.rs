//! The fields of an execution: each one wrong in turn, and each one as it comes back.

use serde_json::{Value, json};

use crate::calls::{call, call_with, live, outcome};

both!(each_field_that_is_wrong_is_named_with_what_to_do, async |db| {
    let (_, admin) = live(db).await;
    let long = |bytes: usize| json!("x".repeat(bytes));
    let many =
        |count: usize| (0..count).map(|n| (format!("t{n}"), json!("v"))).collect::<serde_json::Map<_, _>>();
    let scores = |name: &str, value: Value| json!({"scores": {name: value}});
    let wrong: Vec<(Value, &str)> = vec![
        (json!({"id": ""}), "The id must have 1 to 128"),
        (json!({"id": "a b"}), "without spaces"),
        (json!({"id": "a\u{0}"}), "The id must"),
        (json!({"id": "x".repeat(129)}), "128 bytes"),
        (json!({"id": 7}), "expected a string"),
        (json!({"unknown": 1}), "unknown field `unknown`"),
        (json!({"status": null}), "Say how it went"),
        (json!({"status": "fine"}), "unknown variant `fine`"),
        (json!({"prompt": null}), "Say which version answered"),
        (json!({"version": null}), "`prompt` and `version`"),
        (json!({"prompt": "other"}), "There is no prompt \"other\""),
        (json!({"version": "9.9.9"}), "has no version \"9.9.9\""),
        (json!({"version": "latest"}), "Send its number"),
        (json!({"environment": "moon"}), "moon"),
        (json!({"resolution": "abc"}), "no token of this server"),
        (json!({"latency_ms": null}), "Send latency_ms, or started_at and ended_at"),
        (json!({"latency_ms": -0.5}), "latency_ms must be 0 to"),
        (json!({"latency_ms": 1e12}), "latency_ms must be 0 to"),
        (json!({"latency_ms": "12"}), "expected f64"),
        (json!({"started_at": "yesterday"}), "started_at is no time: \"yesterday\". Send RFC 3339"),
        (json!({"ended_at": "2026-13-01T00:00:00Z"}), "ended_at is no time"),
        (json!({"started_at": "1969-12-31T23:59:59Z"}), "before 1970"),
        (
            json!({"latency_ms": null, "started_at": "2026-11-20T09:00:01Z", "ended_at": "2026-11-20T09:00:00Z"}),
            "ended_at is before started_at",
        ),
        (json!({"input_tokens": -1}), "expected u64"),
        (json!({"input_tokens": 1.5}), "expected u64"),
        (json!({"output_tokens": 1_000_000_000_001_u64}), "output_tokens is more than"),
        (json!({"input_tokens": 5, "cached_tokens": 4, "cache_write_tokens": 2}), "part of input_tokens"),
        (json!({"output_tokens": 5, "reasoning_tokens": 6}), "part of output_tokens"),
        (json!({"cost_usd": -1}), "cost_usd: "),
        (json!({"cost_usd": "1"}), "expected a JSON number"),
        (json!({"cost_usd": 0.1234567890123}), "cost_usd: "),
        (json!({"cost_usd": 1e20}), "cost_usd: "),
        (json!({"key": long(257)}), "key has more than 256 bytes"),
        (json!({"session": long(257)}), "session has more than 256"),
        (json!({"trace_id": long(129)}), "trace_id has more than 128"),
        (json!({"span_id": long(129)}), "span_id has more than 128"),
        (json!({"parent_span_id": long(129)}), "parent_span_id has more than 128"),
        (json!({"provider": long(129)}), "provider has more than 128"),
        (json!({"model": long(257)}), "model has more than 256"),
        (json!({"error_type": long(129)}), "error_type has more than 128"),
        (json!({"country": long(129)}), "country has more than 128"),
        (json!({"purpose": "fun"}), "unknown variant `fun`"),
        (json!({"metadata": []}), "expected a map"),
        (json!({"metadata": {"a": long(65_536)}}), "metadata has more than 65536"),
        (json!({"tags": many(21)}), "at most 20 tags"),
        (json!({"tags": {"": "x"}}), "The tag \"\" is empty or too long"),
        (json!({"tags": {"a": "x".repeat(257)}}), "The tag \"a\" is empty or too long"),
        (json!({"tags": {"a": 1}}), "did not match any variant"),
        (json!({"scores": many(51)}), "at most 50 scores"),
        (scores("Loud", json!(1)), "The name of the score \"Loud\""),
        (scores("s", json!(2e9)), "between -1e9 and 1e9"),
        (scores("s", json!("")), "1 to 64 bytes"),
        (scores("s", json!(null)), "a number, true or false, or a category"),
        (json!({"batch": "yes"}), "expected a boolean"),
    ];
    let mut sent = vec![call("right")];
    sent.extend(wrong.iter().enumerate().map(|(n, (fields, _))| call_with(&format!("w{n}"), fields.clone())));
    let answer = admin.record(sent).await.is(202).json();
    assert_eq!(answer["accepted"], 1, "{answer}");
    let rejected = answer["rejected"].as_array().expect("a list");
    for (n, (fields, words)) in wrong.iter().enumerate() {
        let found =
            rejected.iter().find(|one| one["index"] == n + 1).unwrap_or_else(|| panic!("accepted: {fields}"));
        let detail = found["detail"].as_str().expect("a text");
        assert!(detail.contains(words), "{fields}: {detail}");
        assert!(detail.len() < 400 && detail.ends_with('.'), "{detail}");
    }
    assert_eq!(rejected.len(), wrong.len());
    admin.counted(1).await;
});

both!(an_execution_comes_back_as_it_was_sent, async |db| {
    let (_, admin) = live(db).await;
    let sent = json!({
        "id": "full/1:\u{e4}", "prompt": "p", "version": "1", "environment": "production", "key": "ada",
        "session": "s", "variables": {"name": "Ada"}, "input": [{"role": "user", "content": "Hi \u{1f44b}"}],
        "output": "Hello", "latency_ms": 1234.567, "input_tokens": 10, "output_tokens": 5, "cached_tokens": 3,
        "cache_write_tokens": 2, "reasoning_tokens": 1, "tokens_estimated": true, "cost_usd": 0.000123456789,
        "status": "error", "error_type": "rate_limit", "error_message": "Try in 12 s", "purpose": "test",
        "provider": "OpenAI", "model": "gpt-4o-2024-08-06", "country": "de", "tags": {"plan": "pro"},
        "metadata": {"z": 1, "a": [2]}, "trace_id": "t", "span_id": "sp", "parent_span_id": "pa",
        "started_at": "2026-11-20T11:59:30.123456+02:00", "scores": {"helpful": true, "grade": 0.5, "tone": "rude"},
    });
    assert_eq!(outcome(admin.record(sent.clone()).await), (1, 0, 0));
    let stored = admin.execution("full%2F1%3A%C3%A4").await;
    for field in [
        "id",
        "prompt",
        "environment",
        "key",
        "session",
        "variables",
        "input",
        "output",
        "latency_ms",
        "input_tokens",
        "output_tokens",
        "cached_tokens",
        "cache_write_tokens",
        "reasoning_tokens",
        "tokens_estimated",
        "status",
        "error_type",
        "error_message",
        "purpose",
        "tags",
        "metadata",
        "trace_id",
        "span_id",
        "parent_span_id",
    ] {
        assert_eq!(stored[field], sent[field], "{field}");
    }
    assert_eq!(stored["cost_usd"].to_string(), "0.000123456789", "to the last decimal");
    assert_eq!((&stored["version"], &stored["cost_source"]), (&json!("1.0.0"), &json!("given")));
    assert_eq!((&stored["country"], &stored["provider"]), (&json!("DE"), &json!("openai")));
    assert_eq!((&stored["provider_sent"], &stored["model_sent"]), (&sent["provider"], &sent["model"]));
    assert_eq!(
        (&stored["late"], &stored["erased"], &stored["bodies"]),
        (&json!(false), &json!(false), &json!("stored"))
    );
    let mut scores: Vec<String> = stored["scores"]
        .as_array()
        .expect("scores")
        .iter()
        .map(|score| format!("{} {}", score["name"], score["value"]))
        .collect();
    scores.sort();
    assert_eq!(scores, ["\"grade\" 0.5", "\"helpful\" true", "\"tone\" \"rude\""]);
    assert!(stored["started_at"].as_str().expect("a time").starts_with("2026-11-20T09:59:30.123"));
    admin.get("/executions/none").await.is(404).refused("not_found");
});

both!(a_time_may_be_given_in_several_ways_and_none_is_in_the_future, async |db| {
    let (_, admin) = live(db).await;
    // It is ten in the morning.
    for (id, fields, started, latency, late) in [
        ("bare", json!({}), "2026-11-20T09:59:59.987", 12.5, false),
        ("ended", json!({"ended_at": "2026-11-20T09:00:01Z"}), "2026-11-20T09:00:00.987", 12.5, true),
        (
            "both",
            json!({"latency_ms": null, "started_at": "2026-11-20T09:50:00Z", "ended_at": "2026-11-20T09:50:02.5Z"}),
            "2026-11-20T09:50:00.000",
            2500.0,
            false,
        ),
        ("late", json!({"started_at": "2026-11-20T09:44:59.999Z"}), "2026-11-20T09:44:59.999", 12.5, true),
        ("just", json!({"started_at": "2026-11-20T09:45:00Z"}), "2026-11-20T09:45:00.000", 12.5, false),
        ("old", json!({"started_at": "1970-01-01T00:00:00Z"}), "1970-01-01T00:00:00.000", 12.5, true),
        ("ahead", json!({"started_at": "2026-11-20T10:04:00Z"}), "2026-11-20T10:04:00.000", 12.5, false),
        ("clamped", json!({"started_at": "2031-01-01T00:00:00Z"}), "2026-11-20T10:05:00.000", 12.5, false),
    ] {
        assert_eq!(outcome(admin.record(call_with(id, fields)).await), (1, 0, 0), "{id}");
        let stored = admin.execution(id).await;
        assert!(stored["started_at"].as_str().expect("a time").starts_with(started), "{id}: {stored}");
        assert_eq!((&stored["latency_ms"], &stored["late"]), (&json!(latency), &json!(late)), "{id}");
    }
    assert_eq!(admin.listed("").await, ["clamped", "ahead", "bare", "both", "just", "late", "ended", "old"]);
    admin.counted(8).await;
});

both!(a_character_that_is_no_text_everywhere_is_replaced, async |db| {
    let (_, admin) = live(db).await;
    let odd = "a\u{0}b";
    let sent = call_with(
        "odd",
        json!({
            "key": odd, "session": odd, "trace_id": odd, "span_id": odd, "parent_span_id": odd, "provider": odd,
            "model": odd, "status": "error", "error_type": odd, "error_message": odd, "country": odd,
            "tags": {odd: odd}, "metadata": {odd: odd}, "variables": {odd: odd}, "input": odd, "output": [odd],
            "scores": {"tone": odd},
        }),
    );
    let plain = admin.record(json!([sent, call("plain")])).await;
    assert_eq!(outcome(plain), (2, 0, 0));
    let stored = admin.execution("odd").await;
    for field in ["key", "session", "trace_id", "span_id", "parent_span_id", "error_type", "error_message"] {
        assert_eq!(stored[field], "a\u{fffd}b", "{field}");
    }
    assert_eq!(stored["country"], "other");
    for field in ["provider", "model"] {
        assert!(!stored[field].as_str().expect("a text").contains('\0'), "{field}");
    }
    let score = json!([
        {"execution_id": "plain", "name": "n", "value": odd, "comment": odd, "source": odd},
        {"id": odd, "execution_id": "plain", "name": "n", "value": 1},
        {"execution_id": odd, "name": "n", "value": 1},
        {"session": odd, "name": "n", "value": 1},
        {"key": odd, "prompt": "p", "name": "n", "value": 1},
    ]);
    assert_eq!(outcome(admin.score(score).await), (3, 0, 2), "an id has visible characters only");
    for query in ["key=%00", "session=a%00", "model=%00", "tag=%00", "error_type=%00", "trace_id=%00"] {
        let answer = admin.get(&format!("/executions?{query}")).await;
        assert!(answer.status < 500, "{answer}");
    }
    admin.counted(2).await;
});

both!(values_of_a_kind_are_told_apart_up_to_a_bound, async |db| {
    let (app, admin) = live(db).await;
    let models =
        (0..230).map(|n| call_with(&n.to_string(), json!({"provider": "mine", "model": format!("m{n}")})));
    assert_eq!(outcome(admin.record(models.collect::<Vec<_>>()).await), (230, 0, 0));
    assert_eq!(admin.listed("&model=other").await.len(), 30);
    assert_eq!(admin.listed("&model=m7").await.len(), 1);
    let stored = admin.execution("229").await;
    assert_eq!((&stored["model"], &stored["model_sent"]), (&json!("other"), &json!("m229")));
    app.clock.advance_seconds(3_600);
    let next = call_with("next", json!({"provider": "mine", "model": "m229"}));
    assert_eq!(outcome(admin.record(next).await), (1, 0, 0));
    assert_eq!(admin.listed("&model=m229").await, ["next"], "another hour");
    admin.counted(231).await;
});
