//! One measured figure: its value, what it is held against, and its goal.

use std::fmt::Write as _;

use serde::Serialize;

/// One measured figure.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    what: String,
    unit: &'static str,
    value: f64,
    baseline: Option<Baseline>,
    goal: Option<f64>,
}

/// What the same run measured of something else.
#[derive(Clone, Debug, Serialize)]
struct Baseline {
    what: String,
    value: f64,
}

impl Figure {
    /// A figure without baseline or goal.
    pub(crate) fn new(what: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Self { what: what.into(), unit, value, baseline: None, goal: None }
    }

    /// Beside a baseline of the same unit.
    pub(crate) fn beside(self, what: impl Into<String>, value: f64) -> Self {
        Self { baseline: Some(Baseline { what: what.into(), value }), ..self }
    }

    /// With a goal of the same unit.
    pub(crate) fn at_most(self, goal: f64) -> Self {
        Self { goal: Some(goal), ..self }
    }

    /// With a goal of so many times the baseline.
    pub(crate) fn at_most_times(self, factor: f64) -> Self {
        let goal = self.baseline.as_ref().map(|baseline| baseline.value * factor);
        Self { goal, ..self }
    }

    fn row(&self) -> [String; 5] {
        let number = |value: f64| format!("{value:.2} {}", self.unit);
        let baseline = self.baseline.as_ref();
        [
            self.what.clone(),
            number(self.value),
            baseline.map_or_else(String::new, |baseline| {
                format!("{} ({})", number(baseline.value), baseline.what)
            }),
            self.goal.map_or_else(String::new, |goal| format!("<= {}", number(goal))),
            match self.goal {
                Some(goal) if self.value <= goal => "yes".to_owned(),
                Some(_) => "NO".to_owned(),
                None => String::new(),
            },
        ]
    }
}

/// The figures as a table for people.
pub(crate) fn table(figures: &[Figure]) -> String {
    let head = ["figure", "value", "baseline of the same run", "goal", "met"].map(str::to_owned);
    let rows: Vec<[String; 5]> =
        std::iter::once(head).chain(figures.iter().map(Figure::row)).collect();
    let mut table = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width =
                rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
            // Writing to a string cannot fail.
            let _written = write!(line, "{cell:width$}  ");
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

/// Bytes in megabytes.
pub(crate) fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1_000).unwrap_or(u32::MAX)) / 1_000.0
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
