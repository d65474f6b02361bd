//! What a score may be called, and how many different ones are counted.

use promptory_api::execution::ScoreValue;
use promptory_core::{analytics::score_units, time::Timestamp};

use crate::recording::policy::{Caps, Kind};

/// What is counted by name stays bounded, whatever is sent.
///
/// # Errors
/// There are too many different names or categories in this hour.
pub fn admit_score(
    caps: &mut Caps,
    project: i64,
    (name, value): (&str, &ScoreValue),
    now: Timestamp,
) -> Result<(), String> {
    if !caps.admits((project, Kind::Score), name, now.micros()) {
        return Err(format!("The score {name:?} is beyond the 200 different ones of an hour."));
    }
    if let ScoreValue::Category(text) = value
        && !caps.admits((project, Kind::Category), &format!("{name} {text}"), now.micros())
    {
        return Err(format!("The category {text:?} is beyond the 200 different ones of an hour."));
    }
    Ok(())
}

/// # Errors
/// The name or the value cannot be used.
pub fn check_score(name: &str, value: &ScoreValue) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.-".contains(&byte);
    if name.len() > 64 || !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.bytes().all(plain) {
        let shown: String = name.chars().take(80).collect();
        return Err(format!(
            "The name of the score {shown:?} must be a–z first, then a–z, 0–9, _ . or -, 64 at most."
        ));
    }
    match value {
        ScoreValue::Number(number) if score_units(*number).is_none() => {
            Err(format!("The score {name:?} must be a number between -1e9 and 1e9."))
        }
        ScoreValue::Category(text) if text.is_empty() || text.len() > 64 => {
            Err(format!("The category of the score {name:?} must have 1 to 64 bytes."))
        }
        _ => Ok(()),
    }
}
