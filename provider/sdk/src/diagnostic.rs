//! What a person is told: a summary, what to do about it, and where.

use zeebe_proto::tfplugin6;
use zeebe_proto::tfplugin6::diagnostic::Severity as WireSeverity;

use crate::path::{Path, Step};

/// One error or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the operation.
    pub severity: Severity,
    /// What is the matter: a fragment in lower case that names the object.
    pub summary: String,
    /// Whole sentences: what was expected, what was got, what to do.
    pub detail: String,
    /// The attribute that it is about; the root where it is about the whole.
    pub path: Path,
}

/// How much a [`Diagnostic`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation did not, or will not, succeed.
    Error,
    /// Worth knowing.
    Warning,
}

impl Diagnostic {
    /// An error about the whole.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            path: Path::root(),
        }
    }

    /// A warning about the whole.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(summary, detail) }
    }

    /// The same about one attribute.
    #[must_use]
    pub fn at(mut self, path: Path) -> Self {
        self.path = path;
        self
    }

    /// The same about what holds the attribute: its path goes on from `outer`.
    #[must_use]
    pub fn within(mut self, outer: &[Step]) -> Self {
        for step in outer.iter().rev() {
            self.path.prepend(step.clone());
        }
        self
    }

    /// Whether it stops the operation.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Whether any of them stops the operation.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

impl From<Diagnostic> for tfplugin6::Diagnostic {
    fn from(diagnostic: Diagnostic) -> Self {
        let Diagnostic { severity, summary, detail, path } = diagnostic;
        let severity = match severity {
            Severity::Error => WireSeverity::Error,
            Severity::Warning => WireSeverity::Warning,
        };
        Self {
            severity: severity.into(),
            summary,
            detail,
            attribute: (!path.is_root()).then(|| (&path).into()),
        }
    }
}
