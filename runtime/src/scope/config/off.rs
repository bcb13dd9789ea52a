//! [`ScopeOff`]: why there is no [`ScopeConfig`](super::ScopeConfig).

use std::error::Error;
use std::fmt;

/// Why a component sends its spans nowhere. It names variables and never has a value of one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeOff {
    /// None of the three variables is set, neither now nor when the program was built: nobody wants it.
    NotConfigured,
    /// Some of them are set, and these are not.
    Incomplete {
        /// The names of those that are missing.
        missing: Vec<String>,
    },
    /// A variable has a value that cannot be used. What it overrides does not count then.
    Invalid {
        /// The name of the variable.
        variable: String,
        /// Whether the value is that of the build; else it is of the environment.
        embedded: bool,
        /// What is wrong, as the rest of a sentence that begins with the variable.
        fault: &'static str,
    },
    /// The header of the dataset has a name that it cannot have.
    DatasetHeader {
        /// The name that the program gave it.
        name: &'static str,
    },
}

impl ScopeOff {
    /// What warnings are held back by.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not configured",
            Self::Incomplete { .. } => "incomplete",
            Self::Invalid { fault, .. } => fault,
            Self::DatasetHeader { name } => name,
        }
    }
}

impl fmt::Display for ScopeOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConfigured => f.write_str("no collector is configured"),
            Self::Incomplete { missing } => {
                for (index, name) in missing.iter().enumerate() {
                    let joint = if index > 0 { " and " } else { "" };
                    write!(f, "{joint}`{name}`")?;
                }
                f.write_str(if missing.len() == 1 {
                    " is not set"
                } else {
                    " are not set"
                })
            }
            Self::Invalid {
                variable,
                embedded,
                fault,
            } => {
                let source = if *embedded { "build" } else { "environment" };
                write!(f, "`{variable}` of the {source} {fault}")
            }
            Self::DatasetHeader { name } => {
                write!(f, "`{name}` cannot be the header of the dataset")
            }
        }
    }
}

impl Error for ScopeOff {}
