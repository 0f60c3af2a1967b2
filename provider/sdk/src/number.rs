//! Numbers as Terraform has them: exact, of any size, equal by value.

use std::fmt;
use std::str::FromStr;

/// An exact decimal number, or one of the infinities.
///
/// Terraform computes with 512 bits and sends what no machine number holds as decimal text, so the text is kept. `0.1` written in
/// a configuration is *not* the binary fraction that a program calls `0.1`: both are kept exactly, and differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(Form);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Form {
    NegativeInfinity,
    Integer(i64),
    /// Canonical text of what is not an `i64`: no needless zeros, no exponent, never `-0`.
    Decimal(String),
    Infinity,
}

/// Exponents beyond this would make a short text a huge number, which nobody means.
const GREATEST_EXPONENT: i64 = 4096;

/// Digits that write every finite `f64` exactly.
const EXACT_DIGITS: usize = 1074;

/// Why a text is not a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a decimal number, got {got:?}")]
pub struct NumberError {
    got: String,
}

impl Number {
    /// The number that a machine's floating point value holds, to its last digit; `None` for what is not a number.
    pub fn from_float(float: f64) -> Option<Self> {
        if float.is_nan() {
            None
        } else if float == f64::INFINITY {
            Some(Self(Form::Infinity))
        } else if float == f64::NEG_INFINITY {
            Some(Self(Form::NegativeInfinity))
        } else if float.fract() == 0.0 {
            format!("{float:.0}").parse().ok()
        } else {
            format!("{float:.EXACT_DIGITS$}").parse().ok()
        }
    }

    /// The number that a person means who writes this floating point value: `0.1` for `0.1`.
    pub fn from_written_float(float: f64) -> Option<Self> {
        if float.is_finite() { format!("{float}").parse().ok() } else { Self::from_float(float) }
    }

    /// The number as an `i64`, where it is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self.0 {
            Form::Integer(integer) => Some(integer),
            Form::Decimal(_) | Form::Infinity | Form::NegativeInfinity => None,
        }
    }

    /// The nearest floating point value.
    pub fn to_float(&self) -> f64 {
        match &self.0 {
            Form::NegativeInfinity => f64::NEG_INFINITY,
            Form::Infinity => f64::INFINITY,
            Form::Integer(integer) => integer.to_string().parse().unwrap_or(f64::NAN),
            Form::Decimal(text) => text.parse().unwrap_or(f64::NAN),
        }
    }

    /// Whether the number is neither of the infinities.
    pub fn is_finite(&self) -> bool {
        match self.0 {
            Form::Integer(_) | Form::Decimal(_) => true,
            Form::Infinity | Form::NegativeInfinity => false,
        }
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self(Form::Integer(integer))
    }
}

impl From<u64> for Number {
    fn from(integer: u64) -> Self {
        Self(
            i64::try_from(integer)
                .map_or_else(|_| Form::Decimal(integer.to_string()), Form::Integer),
        )
    }
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        canonical(text).ok_or_else(|| NumberError { got: text.to_owned() })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::NegativeInfinity => f.write_str("-Infinity"),
            Form::Infinity => f.write_str("Infinity"),
            Form::Integer(integer) => write!(f, "{integer}"),
            Form::Decimal(text) => f.write_str(text),
        }
    }
}

fn canonical(text: &str) -> Option<Number> {
    if let Ok(integer) = text.parse::<i64>() {
        return Some(Number::from(integer));
    }
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    if exponent.abs() > GREATEST_EXPONENT {
        return None;
    }
    let (whole, fraction) = shifted(whole, fraction, exponent)?;
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let sign = if negative { "-" } else { "" };
    if fraction.is_empty() {
        let digits = if whole.is_empty() { "0" } else { whole };
        let signed = format!("{sign}{digits}");
        return Some(
            signed.parse::<i64>().map_or_else(|_| Number(Form::Decimal(signed)), Number::from),
        );
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(Number(Form::Decimal(format!("{sign}{whole}.{fraction}"))))
}

/// Moves the decimal point by the exponent.
fn shifted(whole: &str, fraction: &str, exponent: i64) -> Option<(String, String)> {
    let digits = format!("{whole}{fraction}");
    let point = i64::try_from(whole.len()).ok()? + exponent;
    let length = i64::try_from(digits.len()).ok()?;
    Some(if point <= 0 {
        (String::new(), format!("{}{digits}", "0".repeat(usize::try_from(-point).ok()?)))
    } else if point >= length {
        (format!("{digits}{}", "0".repeat(usize::try_from(point - length).ok()?)), String::new())
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).ok()?);
        (whole.to_owned(), fraction.to_owned())
    })
}

#[cfg(test)]
mod tests;
