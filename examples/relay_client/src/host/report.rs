//! What came of a visit, without anything that differs from run to run.

use std::fmt::Display;

use serde::{Deserialize, Serialize};

use crate::relay::RelayError;
use crate::surface::Surface;

/// What came of the steps of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Which application it is.
    pub surface: Surface,
    /// The steps.
    pub steps: Vec<Step>,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// The result, or the error, in words.
    pub outcome: Result<String, String>,
}

impl Report {
    pub(super) const fn new(surface: Surface) -> Self {
        let steps = Vec::new();
        Self { surface, steps }
    }

    pub(super) fn note(&mut self, name: &str, outcome: Result<impl Display, String>) {
        self.steps.push(Step {
            name: name.to_owned(),
            outcome: outcome.map(|value| value.to_string()),
        });
    }

    pub(super) fn failed(&mut self, name: &str, error: &RelayError) {
        self.note(name, Err::<String, _>(error.to_string()));
    }

    /// Writes down what the relay did, and goes on with an error.
    pub(super) fn relay(
        &mut self,
        name: &str,
        outcome: Result<impl Display, RelayError>,
    ) -> Result<(), RelayError> {
        self.note(name, outcome.as_ref().map_err(ToString::to_string));
        outcome.map(drop)
    }
}
