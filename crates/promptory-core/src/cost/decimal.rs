//! Decimal text to integers and back, digit by digit: no floating point on the way.

use std::fmt::Write;

/// Digits behind the point of an amount in dollars: a picodollar.
pub const DOLLAR_DECIMALS: u32 = 12;
/// Digits behind the point of a price per million tokens: a picodollar per token.
pub const PER_MILLION_DECIMALS: u32 = 6;

/// Longer is no price; bounds what is computed.
const TEXT_BYTES: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("this is not a decimal number")]
    NotDecimal,
    #[error("an amount of money is not negative")]
    Negative,
    #[error("more than {0} digits behind the point; smaller than a picodollar is not kept, so round it")]
    TooFine(u32),
    #[error("the amount is too large")]
    TooLarge,
}

/// Dollars in decimal text, as JSON writes numbers, to picodollars.
///
/// # Errors
/// Not a number, negative, finer than a picodollar, or above $9.2 million.
pub fn money_from_text(text: &str) -> Result<i64, MoneyError> {
    exact(text, DOLLAR_DECIMALS)
}

/// Dollars per million tokens to picodollars per token.
///
/// # Errors
/// As [`money_from_text`], with six digits.
pub fn per_million_from_text(text: &str) -> Result<i64, MoneyError> {
    exact(text, PER_MILLION_DECIMALS)
}

/// As [`money_from_text`], but what is finer than a picodollar is rounded, half to even; the second value says whether
/// it was.
///
/// # Errors
/// Not a number, negative or too large.
pub fn money_rounded(text: &str) -> Result<(i64, bool), MoneyError> {
    scaled(text, DOLLAR_DECIMALS)
}

/// Picodollars as dollars, with as many digits as it takes.
pub fn usd(pico: i128) -> String {
    decimal(pico, DOLLAR_DECIMALS)
}

/// Picodollars per token as dollars per million tokens.
pub fn per_million(rate: i64) -> String {
    decimal(i128::from(rate), PER_MILLION_DECIMALS)
}

fn exact(text: &str, decimals: u32) -> Result<i64, MoneyError> {
    match scaled(text, decimals)? {
        (value, false) => Ok(value),
        (_, true) => Err(MoneyError::TooFine(decimals)),
    }
}

/// The digits of a number without its point, and how many places the point is from their end.
fn digits(text: &str) -> Result<(String, i64), MoneyError> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => {
            let exponent: i16 = exponent.parse().map_err(|_| MoneyError::NotDecimal)?;
            (number, i64::from(exponent))
        }
        None => (text, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let point_alone = number.contains('.') && fraction.is_empty();
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || point_alone || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MoneyError::NotDecimal);
    }
    let places = i64::try_from(fraction.len()).map_err(|_| MoneyError::NotDecimal)? - exponent;
    Ok((digits, places))
}

/// The number times 10^decimals, rounded half to even, and whether something was rounded.
fn scaled(text: &str, decimals: u32) -> Result<(i64, bool), MoneyError> {
    if text.len() > TEXT_BYTES {
        return Err(MoneyError::NotDecimal);
    }
    let (digits, places) = digits(text.strip_prefix('-').unwrap_or(text))?;
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Ok((0, false));
    }
    if text.starts_with('-') {
        return Err(MoneyError::Negative);
    }
    let shift = i64::from(decimals) - places;
    if shift >= 0 {
        let zeros = usize::try_from(shift).map_err(|_| MoneyError::TooLarge)?;
        if digits.len() + zeros > 19 {
            return Err(MoneyError::TooLarge);
        }
        let value = format!("{digits}{}", "0".repeat(zeros)).parse().map_err(|_| MoneyError::TooLarge)?;
        return Ok((value, false));
    }
    let cut = usize::try_from(-shift).map_err(|_| MoneyError::TooLarge)?;
    let kept = digits.len().saturating_sub(cut);
    let (front, rest) = digits.split_at(kept);
    let front: i64 = if front.is_empty() { 0 } else { front.parse().map_err(|_| MoneyError::TooLarge)? };
    // What was cut, with the zeros that stood between the point and its first digit.
    let rest = format!("{}{rest}", "0".repeat(cut - rest.len()));
    if rest.bytes().all(|byte| byte == b'0') {
        return Ok((front, false));
    }
    let (first, others) = rest.split_at(1);
    let above_half = first > "5" || first == "5" && others.bytes().any(|byte| byte != b'0');
    let half = first == "5" && !above_half;
    let up = above_half || half && front % 2 == 1;
    let value = front.checked_add(i64::from(up)).ok_or(MoneyError::TooLarge)?;
    Ok((value, true))
}

/// A whole number with its point so many digits from the end, without zeros behind.
pub fn decimal(value: i128, decimals: u32) -> String {
    let unit = 10_u128.pow(decimals);
    let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let mut text = if value < 0 { format!("-{whole}") } else { whole.to_string() };
    if fraction != 0 {
        // A String takes whatever is written to it.
        let _ = write!(text, ".{fraction:0width$}", width = decimals as usize);
        text.truncate(text.trim_end_matches('0').len());
    }
    text
}
