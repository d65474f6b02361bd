//! Where minutes, hours and days begin in a zone. Zones are those of the IANA database, built into the program.

use jiff::{Timestamp, tz::TimeZone};

use super::Grain;

/// What points of a series are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interval {
    Minute,
    Hour,
    Day,
}

impl Interval {
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    pub const fn grain(self) -> Grain {
        match self {
            Self::Minute => Grain::Minute,
            Self::Hour => Grain::Hour,
            Self::Day => Grain::Day,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Zone {
    name: Box<str>,
    zone: TimeZone,
}

impl Zone {
    pub fn utc() -> Self {
        Self { name: "UTC".into(), zone: TimeZone::UTC }
    }

    /// Of the IANA database, without regard to case.
    pub fn named(name: &str) -> Option<Self> {
        let zone = jiff::tz::TimeZoneDatabase::bundled().get(name).ok()?;
        let name = zone.iana_name().unwrap_or(name).into();
        Some(Self { name, zone })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// When the bucket of a time begins: microseconds.
    pub fn start(&self, interval: Interval, at: i64) -> i64 {
        match interval {
            Interval::Minute => Grain::Minute.start(at),
            Interval::Hour => {
                // From the begin of the day on, so that both ways of counting agree where clocks change.
                let mut begin = self.start(Interval::Day, at);
                loop {
                    let next = self.next(Interval::Hour, begin);
                    if next > at {
                        return begin;
                    }
                    begin = next;
                }
            }
            Interval::Day => self.day(at, 0).unwrap_or_else(|| Grain::Day.start(at)),
        }
    }

    /// When the bucket after the one that begins here begins. A day has 23 or 25 hours where clocks change.
    pub fn next(&self, interval: Interval, begin: i64) -> i64 {
        match interval {
            Interval::Minute => begin + Grain::Minute.micros(),
            Interval::Hour => {
                let next = self.next_hour(begin);
                // Where clocks change by half an hour, the next full one is further.
                if (next + self.offset(next)).rem_euclid(Grain::Hour.micros()) == 0 {
                    next
                } else {
                    self.next_hour(next)
                }
            }
            // Samoa left out a day: the one after it then begins where the missing one does.
            Interval::Day => (1..=2)
                .filter_map(|days| self.day(begin, days))
                .find(|next| *next > begin)
                .unwrap_or(begin + Grain::Day.micros()),
        }
    }

    fn next_hour(&self, after: i64) -> i64 {
        let hour = Grain::Hour.micros();
        after + hour - (after + self.offset(after)).rem_euclid(hour)
    }

    /// Ahead of UTC: microseconds.
    fn offset(&self, at: i64) -> i64 {
        let at = Timestamp::from_microsecond(at).unwrap_or_default();
        i64::from(self.zone.to_offset(at).seconds()) * 1_000_000
    }

    /// When the day of a time begins, or one of the next days.
    fn day(&self, at: i64, days: i64) -> Option<i64> {
        let date = Timestamp::from_microsecond(at).ok()?.to_zoned(self.zone.clone()).date();
        let date = date.checked_add(jiff::Span::new().days(days)).ok()?;
        let begin = date.to_zoned(self.zone.clone()).ok()?;
        Some(begin.timestamp().as_microsecond())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time;

    fn at(text: &str) -> i64 {
        time::Timestamp::parse_rfc3339(text).expect("a time").micros()
    }

    fn text(at: i64) -> String {
        time::Timestamp::from_micros(at).to_rfc3339().replace(":00.000Z", "Z")
    }

    /// Begins of buckets from the one of a time on.
    fn begins(zone: &str, interval: Interval, from: &str, count: usize) -> Vec<String> {
        let zone = Zone::named(zone).expect("a zone");
        let mut begin = zone.start(interval, at(from));
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(text(begin));
            begin = zone.next(interval, begin);
        }
        all
    }

    #[test]
    fn days_begin_where_people_live() {
        use Interval::{Day, Hour};
        for (zone, interval, from, expected) in [
            (
                "UTC",
                Day,
                "2026-11-20T10:11:12Z",
                ["2026-11-20T00:00Z", "2026-11-21T00:00Z", "2026-11-22T00:00Z"],
            ),
            // 23 hours, then 25.
            (
                "Europe/Berlin",
                Day,
                "2026-03-28T23:00:00Z",
                ["2026-03-28T23:00Z", "2026-03-29T22:00Z", "2026-03-30T22:00Z"],
            ),
            (
                "Europe/Berlin",
                Day,
                "2026-10-25T12:00:00Z",
                ["2026-10-24T22:00Z", "2026-10-25T23:00Z", "2026-10-26T23:00Z"],
            ),
            (
                "Europe/Berlin",
                Hour,
                "2026-10-25T00:30:00Z",
                ["2026-10-25T00:00Z", "2026-10-25T01:00Z", "2026-10-25T02:00Z"],
            ),
            (
                "Asia/Kolkata",
                Day,
                "2026-11-20T18:29:59Z",
                ["2026-11-19T18:30Z", "2026-11-20T18:30Z", "2026-11-21T18:30Z"],
            ),
            (
                "Asia/Kolkata",
                Hour,
                "2026-11-20T18:29:59Z",
                ["2026-11-20T17:30Z", "2026-11-20T18:30Z", "2026-11-20T19:30Z"],
            ),
            (
                "Asia/Kathmandu",
                Day,
                "2026-11-20T18:15:00Z",
                ["2026-11-20T18:15Z", "2026-11-21T18:15Z", "2026-11-22T18:15Z"],
            ),
            // The clock goes on by half an hour at 02:00.
            (
                "Australia/Lord_Howe",
                Hour,
                "2026-10-03T14:30:00Z",
                ["2026-10-03T14:30Z", "2026-10-03T16:00Z", "2026-10-03T17:00Z"],
            ),
            // There was no 30 December 2011.
            (
                "Pacific/Apia",
                Day,
                "2011-12-29T12:00:00Z",
                ["2011-12-29T10:00Z", "2011-12-30T10:00Z", "2011-12-31T10:00Z"],
            ),
            // Midnight is left out.
            (
                "America/Santiago",
                Day,
                "2026-09-05T12:00:00Z",
                ["2026-09-05T04:00Z", "2026-09-06T04:00Z", "2026-09-07T03:00Z"],
            ),
        ] {
            assert_eq!(begins(zone, interval, from, 3), expected, "{zone} {from}");
        }
    }

    #[test]
    fn zones_have_the_names_of_the_database() {
        assert_eq!(Zone::named("europe/berlin").expect("a zone").name(), "Europe/Berlin");
        assert_eq!(Zone::named("UTC").expect("a zone").name(), "UTC");
        for bad in ["", "Berlin", "+02:00", "Europe/Atlantis", "../etc/passwd"] {
            assert!(Zone::named(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn each_time_is_in_the_bucket_that_begins_before_it(
            seconds in 0_i64..4_000_000_000,
            zone in prop::sample::select(vec![
                "UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe",
                "Pacific/Apia", "America/Santiago", "Africa/Monrovia", "Antarctica/Troll",
            ]),
            interval in prop::sample::select(Interval::ALL.to_vec()),
        ) {
            let (zone, at) = (Zone::named(zone).expect("a zone"), seconds * 1_000_000 + 7);
            let begin = zone.start(interval, at);
            let next = zone.next(interval, begin);
            prop_assert!(begin <= at && at < next, "{begin} {at} {next}");
            prop_assert_eq!(zone.start(interval, begin), begin);
            prop_assert_eq!(zone.start(interval, next), next);
            prop_assert_eq!(zone.start(interval, next - 1), begin);
        }
    }
}
