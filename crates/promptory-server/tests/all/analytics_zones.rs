//! Series by days and hours of zones, over a real socket. MORNING is 2026-11-20T10:00.

use std::sync::Arc;

use promptory_server::recording::Line;
use serde_json::{Value, json};

use crate::{
    db::Db,
    facts::Call,
    server::{Person, Server, story},
};

async fn line(db: &Db) -> (Server, Person, Arc<Line>) {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    let line = app.line("p", "1", "production").await;
    (app, author, line)
}

/// Begins of the points and how many executions are in each: `2026-10-24T22:00 2`.
fn counts(found: &Value) -> Vec<String> {
    let points = found["items"][0]["points"].as_array().expect("points");
    points
        .iter()
        .map(|point| format!("{} {}", &point["at"].as_str().expect("a time")[..16], point["count"]))
        .collect()
}

async fn series(author: &Person, query: &str) -> Value {
    author.get(&format!("/analytics/series?metric=count&{query}")).await.good().json()
}

fn calls(line: &Arc<Line>, times: &[&str]) -> Vec<Call> {
    times.iter().map(|at| Call::new("p", line, at)).collect()
}

both!(days_on_which_clocks_change, async |db| {
    let (app, author, line) = line(db).await;
    // The last second of one day and the first of the next, around 25 hours and around 23.
    let times = [
        "2026-10-24T21:59:59Z",
        "2026-10-24T22:00:00Z",
        "2026-10-25T22:59:59Z",
        "2026-10-25T23:00:00Z",
        "2026-03-28T22:59:59Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T21:59:59Z",
        "2026-03-29T22:00:00Z",
    ];
    app.record(&calls(&line, &times)).await;
    for group in ["", "&prompt=p", "&model=m1"] {
        let autumn = format!(
            "zone=Europe/Berlin&interval=day&from=2026-10-23T22:00:00Z&to=2026-10-26T23:00:00Z{group}"
        );
        let autumn = series(&author, &autumn).await;
        assert_eq!(
            counts(&autumn),
            ["2026-10-23T22:00 1", "2026-10-24T22:00 2", "2026-10-25T23:00 1"],
            "{group}"
        );
        assert_eq!(autumn.get("remarks"), None, "{autumn}");
        let spring = format!(
            "zone=europe/berlin&interval=day&from=2026-03-27T23:00:00Z&to=2026-03-30T22:00:00Z{group}"
        );
        let spring = series(&author, &spring).await;
        assert_eq!(
            counts(&spring),
            ["2026-03-27T23:00 1", "2026-03-28T23:00 2", "2026-03-29T22:00 1"],
            "{group}"
        );
        assert_eq!(spring["zone"], "Europe/Berlin");
    }
});

both!(days_that_begin_within_an_hour_of_utc, async |db| {
    let (app, author, line) = line(db).await;
    let times = [
        "2026-11-10T18:29:59Z",
        "2026-11-10T18:30:00Z",
        "2026-11-10T18:59:59Z",
        "2026-11-10T18:14:59Z",
        "2026-11-10T18:15:00Z",
    ];
    app.record(&calls(&line, &times)).await;
    let ask = |zone: &str, more: &str| {
        format!("zone={zone}&interval=day&from=2026-11-10T00:00:00Z&to=2026-11-11T00:00:00Z{more}")
    };
    let kolkata = series(&author, &ask("Asia/Kolkata", "")).await;
    assert_eq!(counts(&kolkata), ["2026-11-09T18:30 3", "2026-11-10T18:30 2"]);
    let kathmandu = series(&author, &ask("Asia/Kathmandu", "&prompt=p")).await;
    assert_eq!(counts(&kathmandu), ["2026-11-09T18:15 1", "2026-11-10T18:15 4"]);
    // By model there are whole hours of UTC only: this one begins before midnight.
    let by_model = series(&author, &ask("Asia/Kolkata", "&model=m1")).await;
    assert_eq!(counts(&by_model), ["2026-11-09T18:30 5", "2026-11-10T18:30 0"]);
    assert!(by_model["remarks"][0].as_str().expect("a remark").contains("in which they begin"), "{by_model}");
    // Hours there begin at half past.
    let hours = "zone=Asia/Kolkata&interval=hour&from=2026-11-10T18:00:00Z&to=2026-11-10T19:30:00Z";
    assert_eq!(counts(&series(&author, hours).await), ["2026-11-10T17:30 3", "2026-11-10T18:30 2"]);
});

both!(what_is_not_kept_so_finely_any_more, async |db| {
    let (app, author, line) = line(db).await;
    let times =
        ["2026-11-12T09:02:00Z", "2026-11-12T09:12:00Z", "2026-11-20T09:12:00Z", "2024-05-05T05:05:00Z"];
    app.record(&calls(&line, &times)).await;
    // More than seven days ago: a quarter of an hour is the least.
    let quarter = "/analytics/summary?from=2026-11-12T09:10:00Z&to=2026-11-12T09:20:00Z";
    let quarter = author.get(quarter).await.good().json();
    assert_eq!(
        (&quarter["items"][0]["count"], &quarter["from"]),
        (&json!(2), &json!("2026-11-12T09:00:00.000Z"))
    );
    assert_eq!(quarter["remarks"].as_array().map(Vec::len), Some(2), "{quarter}");
    // Lately: a minute.
    let minute = "/analytics/summary?from=2026-11-20T09:12:00Z&to=2026-11-20T09:13:00Z";
    let minute = author.get(minute).await.good().json();
    assert_eq!((&minute["items"][0]["count"], minute.get("remarks")), (&json!(1), None));
    // Before 400 days: whole days of UTC, which came late and are there all the same.
    let day = "zone=America/New_York&interval=day&from=2024-05-04T04:00:00Z&to=2024-05-06T04:00:00Z";
    let day = series(&author, day).await;
    assert_eq!(counts(&day), ["2024-05-04T04:00 1", "2024-05-05T04:00 0"]);
    assert!(day["remarks"].to_string().contains("days of UTC are counted"), "{day}");
    // Over all of it, from days, hours, quarters and minutes together.
    let all = author.get("/analytics/summary?from=2024-01-01T00:00:00Z").await.good().json();
    assert_eq!(all["items"][0]["count"], 4);
    let days = series(&author, "from=2024-01-01T00:00:00Z").await;
    assert_eq!((&days["interval"], counts(&days).len()), (&json!("day"), 1_055));
});
