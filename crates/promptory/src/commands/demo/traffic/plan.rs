//! Who calls what and when.

use super::chance::Chance;
use super::shape::{Profile, Shape, is_weekend};

const HOUR_S: i64 = 3_600;
/// People who write in, and people who work here.
const CUSTOMERS: f64 = 1_400.0;
const STAFF: f64 = 45.0;
/// Seeds of different things.
const HOURS: u64 = 1;
const VISITS: u64 = 2;
/// Calls of tests on staging.
const TESTS: f64 = 0.02;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planned {
    /// Milliseconds.
    pub(super) at: i64,
    pub(super) prompt: String,
    pub(super) user: u64,
    /// From 0.
    pub(super) turn: u64,
    /// Of the conversation; none for a single call.
    pub(super) session: Option<u64>,
    pub(super) test: bool,
}

/// Everything between two times, in seconds, in order of time.
pub(super) fn plan(shape: &Shape, from: i64, to: i64) -> Vec<Planned> {
    let hours: Vec<i64> = (from.div_euclid(HOUR_S)..to.div_euclid(HOUR_S) + 1).collect();
    let expected = |hour: i64, profile: &Profile| weight(shape, profile, hour, (from, to));
    let total: f64 = shape
        .prompts
        .values()
        .flat_map(|profile| hours.iter().map(move |hour| expected(*hour, profile)))
        .sum();
    let mut planned = Vec::new();
    for (p, (name, profile)) in (0_u64..).zip(&shape.prompts) {
        for hour in &hours {
            let mut chance = Chance::of(HOURS, p << 40 | hour.unsigned_abs());
            let calls = expected(*hour, profile) / total * shape.executions;
            let visits = (calls / profile.turns + chance.unit()) as u64;
            for visit in 0..visits {
                let number = (p << 56) | (hour.unsigned_abs() << 24) | visit;
                visit_of(name, profile, (*hour, number), &mut planned);
            }
        }
    }
    planned.retain(|one| (from * 1000..to * 1000).contains(&one.at));
    planned.sort_by(|a, b| (a.at, &a.prompt, a.user).cmp(&(b.at, &b.prompt, b.user)));
    planned
}

fn weight(shape: &Shape, profile: &Profile, hour: i64, (from, to): (i64, i64)) -> f64 {
    let (who, of_day) = (&profile.who, usize::try_from(hour.rem_euclid(24)).unwrap_or(0));
    let day = shape.hours.get(who).and_then(|hours| hours.get(of_day)).copied().unwrap_or(0.0);
    let all: f64 = shape.hours.get(who).map_or(1.0, |hours| hours.iter().sum());
    let weekend =
        if is_weekend(hour.div_euclid(24)) { shape.weekend.get(who).copied().unwrap_or(1.0) } else { 1.0 };
    // The business grows.
    let growth = 0.9 + 0.2 * (hour * HOUR_S - from) as f64 / (to - from) as f64;
    profile.share * day / all * weekend * growth
}

/// One call, or a conversation.
fn visit_of(name: &str, profile: &Profile, (hour, number): (i64, u64), planned: &mut Vec<Planned>) {
    let mut chance = Chance::of(VISITS, number);
    let people = if profile.who == "staff" { STAFF } else { CUSTOMERS };
    // Some come often.
    let user = (chance.unit().powi(2) * people) as u64;
    let turns = if profile.turns > 1.0 { 1 + chance.below(2 * profile.turns as u64 - 1) } else { 1 };
    let mut at = hour * HOUR_S * 1000 + chance.below(HOUR_S.unsigned_abs() * 1000).cast_signed();
    let session = (profile.turns > 1.0).then(|| chance.next() >> 24);
    let test = chance.is(TESTS);
    for turn in 0..turns {
        planned.push(Planned { at, prompt: name.to_owned(), user, turn, session, test });
        at += chance.around(38_000.0, 0.5) as i64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_267_200;

    #[test]
    fn there_are_days_nights_and_weekends() {
        let shape = Shape::read().expect("readable");
        let planned = plan(&shape, NOW - 14 * 86_400, NOW);
        assert_eq!(planned, plan(&shape, NOW - 14 * 86_400, NOW), "it is the same each time");
        assert!((29_000..31_000).contains(&planned.len()), "{}", planned.len());
        assert!(planned.windows(2).all(|pair| pair[0].at <= pair[1].at));
        let count = |fits: &dyn Fn(i64) -> bool| planned.iter().filter(|one| fits(one.at / 1000)).count();
        let (night, noon) =
            (count(&|at| at / 3600 % 24 < 4), count(&|at| (9..13).contains(&(at / 3600 % 24))));
        assert!(noon > 8 * night, "{night} {noon}");
        let weekend = count(&|at| is_weekend(at / 86_400));
        assert!(weekend * 6 < planned.len(), "two days of seven are much quieter: {weekend}");
        let of = |name: &str| planned.iter().filter(|one| one.prompt == name).count();
        assert!(of("chat/assistant") > of("docs/summarize") && of("ops/incident-update") > 5);
        let sessions = planned.iter().filter(|one| one.turn == 2).all(|one| one.session.is_some());
        assert!(sessions && planned.iter().any(|one| one.test));
    }
}
