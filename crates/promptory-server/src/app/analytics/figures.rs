//! From sums to the numbers of an answer. Totals are exact: decimals made of whole numbers.

use promptory_api::analytics::{Distribution, Figures, ScoreFigures, Statuses, VersionFigures};
use promptory_core::{
    analytics::{Cell, Measure, SCORE_UNITS, Status},
    cost::{DOLLAR_DECIMALS, decimal},
};
use serde_json::{Number, Value};

use super::ask::invalid;
use crate::app::Outcome;

/// What the whole numbers of a measure count, and how many digits behind the point the wire has.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    pub one: f64,
    decimals: u32,
}

/// Stored as microseconds.
pub const MS: Unit = Unit { one: 1e3, decimals: 3 };
pub const TOKENS: Unit = Unit { one: 1.0, decimals: 0 };
/// Stored as picodollars.
pub const USD: Unit = Unit { one: 1e12, decimals: DOLLAR_DECIMALS };
/// Stored as billionths.
pub const SCORE: Unit = Unit { one: SCORE_UNITS, decimals: 9 };

pub fn total(measure: &Measure, unit: Unit) -> Option<Number> {
    decimal(measure.sum, unit.decimals).parse().ok()
}

#[allow(clippy::cast_precision_loss)]
pub fn distribution(measure: &Measure, unit: Unit) -> Distribution {
    let whole = |value: i64| (measure.count > 0).then(|| value as f64 / unit.one);
    let quantile = |q: f64| measure.quantile(q).map(|value| value / unit.one);
    Distribution {
        count: measure.count,
        total: total(measure, unit),
        min: whole(measure.min),
        max: whole(measure.max),
        mean: measure.mean().map(|value| value / unit.one),
        std: measure.variance().map(|value| value.sqrt() / unit.one),
        p25: quantile(0.25),
        p50: quantile(0.5),
        p75: quantile(0.75),
        p90: quantile(0.9),
        p95: quantile(0.95),
        p99: quantile(0.99),
    }
}

pub fn figures(cell: &Cell) -> Figures {
    let [success, error, timeout, blocked] = cell.statuses;
    let scores = cell.scores.iter().map(|(name, score)| {
        let categories = score.categories.iter().map(|(name, count)| (name.to_string(), *count)).collect();
        (name.to_string(), ScoreFigures { values: distribution(&score.values, SCORE), categories })
    });
    Figures {
        count: cell.count(),
        statuses: Statuses { success, error, timeout, blocked },
        success_rate: success_rate(cell),
        error_rate: error_rate(cell),
        latency_ms: distribution(&cell.latency, MS),
        input_tokens: distribution(&cell.input, TOKENS),
        output_tokens: distribution(&cell.output, TOKENS),
        cached_tokens: cell.cached_read,
        cache_write_tokens: cell.cached_write,
        reasoning_tokens: cell.reasoning,
        cost_usd: distribution(&cell.cost, USD),
        unpriced: unpriced(cell),
        late: cell.late,
        scores: scores.collect(),
    }
}

pub fn of_version(cell: &Cell) -> VersionFigures {
    let ms = |value: Option<f64>| value.map(|value| value / MS.one);
    VersionFigures {
        count: cell.count(),
        error_rate: error_rate(cell),
        latency_mean_ms: ms(cell.latency.mean()),
        latency_p95_ms: ms(cell.latency.quantile(0.95)),
        tokens_mean: match (cell.input.mean(), cell.output.mean()) {
            (None, None) => None,
            (input, output) => Some(input.unwrap_or(0.0) + output.unwrap_or(0.0)),
        },
        cost_mean_usd: cell.cost.mean().map(|value| value / USD.one),
    }
}

/// Below zero only while a price that was found later is counted and its execution is not yet.
fn unpriced(cell: &Cell) -> u64 {
    u64::try_from(cell.unpriced).unwrap_or(0)
}

#[allow(clippy::cast_precision_loss)]
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

pub fn failed(cell: &Cell) -> u64 {
    cell.statuses[Status::Error.number()] + cell.statuses[Status::Timeout.number()]
}

pub fn error_rate(cell: &Cell) -> Option<f64> {
    share(failed(cell), cell.count())
}

fn success_rate(cell: &Cell) -> Option<f64> {
    share(cell.statuses[Status::Success.number()], cell.count())
}

/// One number for each point of a series.
#[derive(Clone, Debug, PartialEq)]
pub enum Metric {
    Count,
    SuccessRate,
    ErrorRate,
    Cost,
    InputTokens,
    OutputTokens,
    CachedTokens,
    Unpriced,
    LatencyMean,
    Latency(f64),
    Score(Box<str>),
}

const METRICS: [(&str, Metric); 15] = [
    ("count", Metric::Count),
    ("success_rate", Metric::SuccessRate),
    ("error_rate", Metric::ErrorRate),
    ("cost_usd", Metric::Cost),
    ("input_tokens", Metric::InputTokens),
    ("output_tokens", Metric::OutputTokens),
    ("cached_tokens", Metric::CachedTokens),
    ("unpriced", Metric::Unpriced),
    ("latency_mean", Metric::LatencyMean),
    ("latency_p25", Metric::Latency(0.25)),
    ("latency_p50", Metric::Latency(0.5)),
    ("latency_p75", Metric::Latency(0.75)),
    ("latency_p90", Metric::Latency(0.9)),
    ("latency_p95", Metric::Latency(0.95)),
    ("latency_p99", Metric::Latency(0.99)),
];
const USUAL: &str = "count,success_rate,error_rate,cost_usd,latency_mean,latency_p50,latency_p95";
/// At once.
const MOST: usize = 20;

impl Metric {
    /// With the name that each has in points.
    ///
    /// # Errors
    /// 422 with those that there are.
    pub fn named(given: Option<&str>) -> Outcome<Vec<(String, Self)>> {
        let mut all: Vec<(String, Self)> = Vec::new();
        for word in given.unwrap_or(USUAL).split(',').map(str::trim) {
            let score = word.strip_prefix("score:").filter(|name| !name.is_empty());
            let metric = match score {
                Some(name) => Some(Self::Score(name.into())),
                None => METRICS.iter().find(|(name, _)| *name == word).map(|(_, metric)| metric.clone()),
            };
            let metric = metric.ok_or_else(|| {
                let names: Vec<&str> = METRICS.iter().map(|(name, _)| *name).collect();
                invalid(format!("metric={word}: use one or several of {}, score:<name>.", names.join(", ")))
            })?;
            if all.iter().all(|(known, _)| known != word) {
                all.push((word.to_owned(), metric));
            }
        }
        if all.len() > MOST {
            return Err(invalid(format!("metric: at most {MOST} at once.")));
        }
        Ok(all)
    }

    /// Counts and sums of nothing are 0, anything else of nothing is null.
    pub fn of(&self, cell: &Cell) -> Value {
        let sum = |measure: &Measure, unit| total(measure, unit).map_or(Value::Null, Value::Number);
        let ms = |value: Option<f64>| Value::from(value.map(|value| value / MS.one));
        match self {
            Self::Count => cell.count().into(),
            Self::SuccessRate => success_rate(cell).into(),
            Self::ErrorRate => error_rate(cell).into(),
            Self::Cost => sum(&cell.cost, USD),
            Self::InputTokens => sum(&cell.input, TOKENS),
            Self::OutputTokens => sum(&cell.output, TOKENS),
            Self::CachedTokens => cell.cached_read.into(),
            Self::Unpriced => unpriced(cell).into(),
            Self::LatencyMean => ms(cell.latency.mean()),
            Self::Latency(q) => ms(cell.latency.quantile(*q)),
            Self::Score(name) => {
                let score = cell.scores.get(name);
                score.and_then(|score| score.values.mean()).map(|mean| mean / SCORE.one).into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use promptory_core::analytics::{Fact, Sample, Tokens};

    use super::*;

    #[test]
    fn money_is_exact_and_nothing_is_null() {
        let mut cell = Cell::default();
        assert_eq!(figures(&cell).cost_usd.total.map(|total| total.to_string()), Some("0".to_owned()));
        assert_eq!((Metric::Count.of(&cell), Metric::Cost.of(&cell)), (Value::from(0), Value::from(0)));
        for metric in
            [Metric::ErrorRate, Metric::LatencyMean, Metric::Latency(0.5), Metric::Score("a".into())]
        {
            assert_eq!(metric.of(&cell), Value::Null, "{metric:?}");
        }
        // 1,000 in and 500 out at $0.075 and $0.30 a million, a million times and once.
        cell.cost.sum = 225_000_000 * 1_000_001;
        cell.cost.count = 1_000_001;
        assert_eq!(
            figures(&cell).cost_usd.total.map(|total| total.to_string()),
            Some("225.000225".to_owned())
        );
    }

    #[test]
    fn failures_are_errors_and_timeouts() {
        let mut cell = Cell::default();
        for status in [Status::Success, Status::Error, Status::Timeout, Status::Blocked] {
            let fact = Fact {
                line: 1,
                environment: "",
                purpose: 0,
                id: "",
                started_at: 0,
                late: false,
                status,
                latency: 1_500,
                tokens: Tokens { input: Some(3), ..Tokens::default() },
                cost: None,
                provider: "",
                model: "",
                country: "",
                error_type: "",
                error_shape: "",
                tags: &[],
                scores: &[],
            };
            cell.add(&Sample::new(&fact));
        }
        let found = figures(&cell);
        assert_eq!((found.success_rate, found.error_rate, found.unpriced), (Some(0.25), Some(0.5), 4));
        assert_eq!(
            (found.latency_ms.mean, found.latency_ms.p95, found.latency_ms.std),
            (Some(1.5), Some(1.5), Some(0.0))
        );
        let of_version = of_version(&cell);
        assert_eq!((of_version.tokens_mean, of_version.cost_mean_usd), (Some(3.0), None));
    }

    #[test]
    fn metrics_have_names() {
        let named = Metric::named(Some("count, score:thumbs,count")).expect("known");
        assert_eq!(
            named.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["count", "score:thumbs"]
        );
        assert_eq!(Metric::named(None).expect("usual").len(), 7);
        for bad in ["", "latency_p42", "score:", "count;cost_usd"] {
            assert!(Metric::named(Some(bad)).is_err(), "{bad}");
        }
    }
}
