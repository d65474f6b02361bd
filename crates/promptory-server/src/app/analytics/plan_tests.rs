use proptest::prelude::*;

use super::*;

const NOW: &str = "2026-11-20T10:03:27Z";

fn at(text: &str) -> i64 {
    Timestamp::parse_rfc3339(text).expect("a time").micros()
}

fn range(from: &str, to: &str) -> Range {
    Range { from: at(from), to: at(to), from_given: true, to_given: true }
}

fn text(at: i64) -> String {
    Timestamp::from_micros(at).to_rfc3339().replace(":00.000Z", "")
}

/// Segments in the order of time: `hour 2026-11-19T11:00 2026-11-20T00:00`.
fn shown(plan: &Plan) -> Vec<String> {
    let mut segments = plan.segments.clone();
    segments.sort_by_key(|one| one.from);
    segments
        .iter()
        .map(|one| format!("{} {:?} {} {}", one.slot, one.grain, text(one.from), text(one.to)).to_lowercase())
        .collect()
}

fn zoned(cube: Cube, zone: &str, from: &str, to: &str) -> Plan {
    let zone = Zone::named(zone).expect("a zone");
    let range = range(from, to);
    let begins = begins(&zone, Interval::Day, (range.from, range.to), 5_000).expect("few");
    Plan::buckets(cube, range, &begins, at(NOW))
}

#[test]
fn coarse_inside_and_fine_at_the_edges() {
    let plan = Plan::whole(Cube::Line, range("2026-11-18T22:58:30Z", "2026-11-20T01:16:00Z"), at(NOW));
    assert_eq!(
        shown(&plan),
        [
            "0 minute 2026-11-18t22:58 2026-11-18t23:00",
            "0 hour 2026-11-18t23:00 2026-11-19t00:00",
            "0 day 2026-11-19t00:00 2026-11-20t00:00",
            "0 hour 2026-11-20t00:00 2026-11-20t01:00",
            "0 quarter 2026-11-20t01:00 2026-11-20t01:15",
            "0 minute 2026-11-20t01:15 2026-11-20t01:16",
        ]
    );
    assert_eq!(
        plan.remarks,
        ["Counted from 2026-11-18T22:58:00.000Z: the finest figures of this kind and time are minutes."]
    );
}

#[test]
fn where_minutes_are_not_kept_any_more_edges_are_widened_to_quarters_and_then_to_days() {
    let plan = Plan::whole(Cube::Total, range("2026-11-10T10:05:00Z", "2026-11-10T10:40:00Z"), at(NOW));
    assert_eq!(shown(&plan), ["0 quarter 2026-11-10t10:00 2026-11-10t10:45"]);
    assert_eq!(
        plan.remarks,
        [
            "Counted from 2026-11-10T10:00:00.000Z: the finest figures of this kind and time are quarters of an hour.",
            "Counted until 2026-11-10T10:45:00.000Z: the finest figures of this kind and time are quarters of an hour.",
        ]
    );
    let plan = Plan::whole(Cube::Total, range("2025-01-10T10:05:00Z", "2025-01-10T10:40:00Z"), at(NOW));
    assert_eq!(shown(&plan), ["0 day 2025-01-10t00:00 2025-01-11t00:00"]);
    assert_eq!(plan.remarks.len(), 2);
    // The quarter in which minutes begin to be kept has some of them only.
    let plan = Plan::whole(Cube::Total, range("2026-11-13T10:03:30Z", "2026-11-13T10:30:00Z"), at(NOW));
    assert_eq!(shown(&plan), ["0 quarter 2026-11-13t10:00 2026-11-13t10:30"]);
}

#[test]
fn what_is_yet_to_come_and_what_nobody_gave_is_widened_without_a_word() {
    let open = Range { from_given: false, ..range("2026-11-19T10:03:27Z", NOW) };
    let plan = Plan::whole(Cube::Model, open, at(NOW));
    assert_eq!(
        (text(plan.from), text(plan.to)),
        ("2026-11-19T10:00".to_owned(), "2026-11-20T11:00".to_owned())
    );
    assert_eq!(plan.remarks, Vec::<String>::new());
    let given = Plan::whole(Cube::Model, range("2026-11-19T10:03:27Z", "2026-11-20T09:30:00Z"), at(NOW));
    assert_eq!(given.remarks.len(), 2);
}

#[test]
fn days_of_zones() {
    // 23 hours.
    let plan = zoned(Cube::Model, "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z");
    assert_eq!(
        shown(&plan),
        ["0 hour 2026-03-28t23:00 2026-03-29t22:00", "1 hour 2026-03-29t22:00 2026-03-30t22:00"]
    );
    assert_eq!((plan.remarks.len(), plan.spans.len()), (0, 1));
    // 25 hours, in which a day of UTC fits.
    let plan = zoned(Cube::Line, "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    assert_eq!(shown(&plan), ["0 hour 2026-10-24t22:00 2026-10-25t23:00"]);
    let plan = zoned(Cube::Line, "Asia/Kolkata", "2026-11-01T18:30:00Z", "2026-11-03T18:30:00Z");
    assert_eq!(
        shown(&plan),
        [
            "0 quarter 2026-11-01t18:30 2026-11-01t19:00",
            "0 hour 2026-11-01t19:00 2026-11-02t18:00",
            "0 quarter 2026-11-02t18:00 2026-11-02t18:30",
            "1 quarter 2026-11-02t18:30 2026-11-02t19:00",
            "1 hour 2026-11-02t19:00 2026-11-03t18:00",
            "1 quarter 2026-11-03t18:00 2026-11-03t18:30",
        ]
    );
    assert_eq!(plan.remarks, Vec::<String>::new());
    // Read together, though one hour in between belongs to two days.
    assert_eq!(plan.spans.iter().filter(|span| span.grain == Grain::Hour).count(), 1);
    assert_eq!(plan.slot(Grain::Hour, at("2026-11-02T18:00:00Z")), None);
    assert_eq!(plan.slot(Grain::Hour, at("2026-11-02T19:00:00Z")), Some(1));
    let plan = zoned(Cube::Line, "Asia/Kathmandu", "2026-11-01T18:15:00Z", "2026-11-02T18:15:00Z");
    assert_eq!(shown(&plan)[0], "0 quarter 2026-11-01t18:15 2026-11-01t19:00");
}

#[test]
fn where_there_are_no_quarters_hours_go_to_the_bucket_in_which_they_begin() {
    let plan = zoned(Cube::Country, "Asia/Kolkata", "2026-11-01T18:30:00Z", "2026-11-03T18:30:00Z");
    assert_eq!(
        shown(&plan),
        ["0 hour 2026-11-01t19:00 2026-11-02t19:00", "1 hour 2026-11-02t19:00 2026-11-03t19:00"]
    );
    let [until, moved] = plan.remarks.as_slice() else { panic!("two remarks: {:?}", plan.remarks) };
    assert!(
        until.contains("2026-11-03T19:00") && moved.contains("hours of UTC are counted to the bucket"),
        "{moved}"
    );
    // And where only days are kept, days.
    let plan = zoned(Cube::Total, "America/New_York", "2024-11-01T04:00:00Z", "2024-11-03T04:00:00Z");
    assert_eq!(
        shown(&plan),
        ["0 day 2024-11-02t00:00 2024-11-03t00:00", "1 day 2024-11-03t00:00 2024-11-04t00:00"]
    );
    assert!(
        plan.remarks.iter().any(|remark| remark.contains("days of UTC are counted")),
        "{:?}",
        plan.remarks
    );
}

#[test]
fn a_series_has_a_bound() {
    let utc = Zone::utc();
    let day = (at("2026-11-19T00:00:00Z"), at("2026-11-20T00:00:01Z"));
    assert_eq!(begins(&utc, Interval::Hour, day, 25).map(|all| all.len()), Some(25));
    assert_eq!(begins(&utc, Interval::Hour, day, 24), None);
}

#[test]
fn some_hundred_points_when_nobody_says() {
    for (cube, from, expected) in [
        (Some(Cube::Total), "2026-11-20T08:00:00Z", Interval::Minute),
        (Some(Cube::Model), "2026-11-20T08:00:00Z", Interval::Hour),
        (None, "2026-11-20T08:00:00Z", Interval::Minute),
        (Some(Cube::Total), "2026-11-13T10:00:00Z", Interval::Hour),
        (Some(Cube::Total), "2026-10-20T10:00:00Z", Interval::Day),
    ] {
        assert_eq!(interval(cube, (at(from), at(NOW)), at(NOW)), expected, "{cube:?} {from}");
    }
}

proptest! {
    /// Every moment of what is counted is in exactly one cell, every cell in one bucket, and all cells are kept.
    #[test]
    fn cells_cover_the_time_once(
        ago in 1_i64..(450 * 86_400), seconds in 1_i64..(40 * 86_400),
        cube in prop::sample::select(Cube::ALL.to_vec()),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns"]),
        interval in prop::sample::select(vec![Interval::Hour, Interval::Day]),
    ) {
        let now = at(NOW);
        let from = now - ago * 1_000_000;
        let range = Range { from, to: from + seconds * 1_000_000, from_given: true, to_given: true };
        let begins = begins(&Zone::named(zone).expect("a zone"), interval, (range.from, range.to), 5_000).expect("few");
        for plan in [Plan::whole(cube, range, now), Plan::buckets(cube, range, &begins, now)] {
            let mut segments = plan.segments.clone();
            segments.sort_by_key(|one| one.from);
            let (mut at, mut slot) = (plan.from, 0);
            for one in &segments {
                prop_assert_eq!(one.from, at, "{:?}", plan);
                prop_assert!(one.slot >= slot && one.from < one.to, "{:?}", plan);
                prop_assert!(one.grain.start(one.from) == one.from && one.grain.start(one.to) == one.to);
                prop_assert!(cube.grains().contains(&one.grain) && kept(one.grain, one.from, now), "{:?}", one);
                prop_assert_eq!(plan.slot(one.grain, one.from), Some(one.slot));
                prop_assert_eq!(plan.slot(one.grain, one.to - one.grain.micros()), Some(one.slot));
                (at, slot) = (one.to, one.slot);
            }
            prop_assert_eq!(at, plan.to);
            prop_assert!(plan.from <= range.from || begins.first() == Some(&range.from));
            prop_assert!(plan.to >= range.to);
            let read = |one: &Segment| plan.spans.iter().any(|span| span.grain == one.grain && span.from <= one.from && one.to <= span.to);
            prop_assert!(segments.iter().all(read));
        }
    }
}
