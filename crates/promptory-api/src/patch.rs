use std::marker::PhantomData;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Number;

/// For merge patches: an absent field is `None`, an explicit `null` is `Some(None)`.
pub(crate) fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

struct Fields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// Only `{…}`: serde would read a list as well, as the values of the fields in their order.
pub(crate) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(Fields(PhantomData))
}

struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(deserializer).map(Self)
    }
}

/// As [`object`], or `null`.
pub(crate) fn optional_object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|Object(value)| value))
}

/// For fields of what is flattened into something else: numbers come there as they are written, which only
/// [`serde_json::Number`] reads.
pub(crate) fn float<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = Number::deserialize(deserializer)?;
    number.as_f64().ok_or_else(|| D::Error::custom(format!("{number} is out of range")))
}

/// As [`float`], or `null`.
pub(crate) fn optional_float<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    struct Float(f64);
    impl<'de> Deserialize<'de> for Float {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            float(deserializer).map(Self)
        }
    }
    Ok(Option::<Float>::deserialize(deserializer)?.map(|Float(value)| value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{analytics::ScoreFigures, execution::ExecutionDetail, rollback::RollbackFigures};

    #[test]
    fn fractions_are_read_where_they_are_flattened() {
        let text = r#"{"since":null,"until":null,"count":3,"error_rate":0.25,"latency_mean_ms":2e3,"tokens_mean":7}"#;
        let figures: RollbackFigures = serde_json::from_str(text).expect("figures");
        let figures = figures.figures;
        assert_eq!(
            (figures.count, figures.error_rate, figures.latency_mean_ms),
            (3, Some(0.25), Some(2000.0))
        );
        assert_eq!((figures.latency_p95_ms, figures.tokens_mean), (None, Some(7.0)));
        let scores: ScoreFigures =
            serde_json::from_str(r#"{"count":1,"total":0.5,"min":0.5,"max":0.5,"p99":null}"#)
                .expect("scores");
        assert_eq!((scores.values.min, scores.values.p99, scores.values.mean), (Some(0.5), None, None));
        let mut detail = json!({
            "id": "e", "prompt": "p", "version": "1.0.0", "environment": "production", "status": "success", "purpose": "live",
            "started_at": "", "received_at": "", "tokens_estimated": false, "tags": {}, "late": false, "erased": false,
            "scores": [],
        });
        detail["latency_ms"] = json!(12.5);
        let detail: ExecutionDetail = serde_json::from_str(&detail.to_string()).expect("an execution");
        assert!((detail.execution.latency_ms - 12.5).abs() < f64::EPSILON);
        assert!(serde_json::from_str::<RollbackFigures>(r#"{"count":3,"error_rate":"0.25"}"#).is_err());
    }
}
