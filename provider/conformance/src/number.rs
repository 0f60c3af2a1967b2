//! Numbers as Terraform has them: decimal, as long as they like, compared by value.

use std::fmt;

/// A number in its one canonical form: an optional sign, digits without needless zeros.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(String);

impl Number {
    /// A number from decimal digits, with point and exponent if need be.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (digits, exponent) = match rest.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + part.len() == 0 || !all_digits(whole) || !all_digits(part) {
            return None;
        }
        // Nobody writes such numbers, and a small text must not become a large one.
        if exponent.unsigned_abs() > 10_000 {
            return None;
        }
        let point = i64::try_from(whole.len()).ok()? + exponent;
        let mut digits = format!("{whole}{part}");
        let whole = if let Ok(point) = usize::try_from(point) {
            while digits.len() < point {
                digits.push('0');
            }
            point
        } else {
            let zeros = usize::try_from(point.unsigned_abs()).ok()?;
            digits.insert_str(0, &"0".repeat(zeros));
            0
        };
        let (whole, part) = digits.split_at(whole);
        let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
        let whole = if whole.is_empty() { "0" } else { whole };
        let sign = if negative && !(whole == "0" && part.is_empty()) { "-" } else { "" };
        let point = if part.is_empty() { "" } else { "." };
        Some(Self(format!("{sign}{whole}{point}{part}")))
    }

    /// The exact value of a machine's number; none for what is no number.
    pub fn from_f64(value: f64) -> Option<Self> {
        // No machine's number has more decimals than this.
        value.is_finite().then(|| format!("{value:.1080}")).and_then(|text| Self::parse(&text))
    }

    /// The nearest number that a machine has: enough to compare with a bound.
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(value.to_string())
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(value.to_string())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_has_one_form() {
        for (text, expected) in [
            ("007", "7"),
            ("-0.0", "0"),
            ("1.50", "1.5"),
            ("12e-1", "1.2"),
            ("1.2E3", "1200"),
            (".5", "0.5"),
            ("-12e-4", "-0.0012"),
        ] {
            assert_eq!(Number::parse(text).as_ref().map(Number::as_str), Some(expected), "{text}");
        }
        for text in ["", "-", "1.2.3", "ten", "1e", "1e99999"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
        assert_eq!(Number::from_f64(0.5), Number::parse("0.5"));
        assert_ne!(Number::from_f64(0.1), Number::parse("0.1"));
    }
}
