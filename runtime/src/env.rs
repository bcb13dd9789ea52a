//! The environment of a process as carrier, for command line tools, jobs and build steps: a parent
//! process writes its context into the environment of the child, and the child continues the
//! trace.
//!
//! The names are those of the headers in upper case: `TRACEPARENT`, `TRACESTATE` and `BAGGAGE`, as
//! [OpenTelemetry describes](https://opentelemetry.io/docs/specs/otel/context/env-carriers/).
//!
//! ```
//! use std::process::Command;
//! use tracing_relay::env::CommandTraceExt;
//!
//! // The child continues the trace of the current span, if there is one.
//! let mut command = Command::new("rustc");
//! command.arg("--version").carry_trace();
//! ```

use std::process::Command;
use std::sync::OnceLock;

use crate::carrier::Extracted;
use crate::context::TraceContext;
use crate::wire::w3c;

/// The variable with the ids and the flags.
pub const TRACEPARENT: &str = "TRACEPARENT";
/// The variable with the vendors' state.
pub const TRACESTATE: &str = "TRACESTATE";
/// The variable with the application's key-value pairs.
pub const BAGGAGE: &str = "BAGGAGE";

/// The variable for a header of the W3C format.
fn variable(header: &'static str) -> &'static str {
    match header {
        w3c::TRACEPARENT => TRACEPARENT,
        w3c::TRACESTATE => TRACESTATE,
        _ => BAGGAGE,
    }
}

/// What this process was started with.
///
/// The environment is read at the first call, and never again: it says who started the process,
/// and changing it later does not change that. A variable that is not UTF-8 is malformed: as
/// `TRACEPARENT` it is [reported](Extracted::error), as `TRACESTATE` it is discarded, and as
/// `BAGGAGE` it loses the members that it affects.
#[must_use]
pub fn inherited() -> Extracted {
    static INHERITED: OnceLock<Extracted> = OnceLock::new();
    INHERITED
        .get_or_init(|| {
            // Octets that are not UTF-8 become a character that none of the formats allow.
            extract(|name| Some(std::env::var_os(name)?.to_string_lossy().into_owned()))
        })
        .clone()
}

/// Looks for a context in any set of environment variables: `get` gives the value of `TRACEPARENT`,
/// `TRACESTATE` and `BAGGAGE`. Empty values are absent ones.
///
/// ```
/// use tracing_relay::env;
///
/// let found = env::extract(|name| match name {
///     env::TRACEPARENT => Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
///     _ => None,
/// });
/// assert!(found.context().is_some());
/// ```
pub fn extract<V: AsRef<[u8]>>(get: impl Fn(&'static str) -> Option<V>) -> Extracted {
    let [traceparent, tracestate, baggage] = [TRACEPARENT, TRACESTATE, BAGGAGE].map(get);
    w3c::extract(|header| {
        let value = match header {
            w3c::TRACEPARENT => &traceparent,
            w3c::TRACESTATE => &tracestate,
            _ => &baggage,
        };
        value.as_ref().map(V::as_ref)
    })
}

/// Writes a context into any set of environment variables: `set` gets each of the three names with
/// its value, or with `None` where the variable must be removed.
///
/// ```
/// use std::collections::BTreeMap;
/// use tracing_relay::{TraceContext, env};
///
/// let context: TraceContext = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse()?;
/// let mut job = BTreeMap::new();
/// env::inject(&context, |name, value| {
///     job.extend(value.map(|value| (name, value.to_owned())));
/// });
/// assert_eq!(job["TRACEPARENT"], context.traceparent().as_str());
/// # Ok::<(), tracing_relay::InvalidCarrier>(())
/// ```
pub fn inject(context: &TraceContext, mut set: impl FnMut(&'static str, Option<&str>)) {
    w3c::inject(context, |header, value| set(variable(header), value));
}

/// Gives the child process of a command a trace.
///
/// Implemented for [`std::process::Command`] and, with the feature `tokio-process`, for
/// `tokio::process::Command`.
pub trait CommandTraceExt {
    /// Writes the current context into the environment of the child; without one, the child gets
    /// none.
    ///
    /// The current context is that of the call, not of the spawn. Without this call the child
    /// inherits the variables of this process, and takes whoever started this process for its own
    /// parent.
    fn carry_trace(&mut self) -> &mut Self {
        self.carry_context(crate::current::context().as_ref())
    }

    /// Writes this context into the environment of the child. With `None` the child gets none, and
    /// does not inherit that of this process either.
    fn carry_context(&mut self, context: Option<&TraceContext>) -> &mut Self;
}

macro_rules! command {
    ($($(#[$attribute:meta])* $command:ty;)+) => {$(
        $(#[$attribute])*
        impl CommandTraceExt for $command {
            fn carry_context(&mut self, context: Option<&TraceContext>) -> &mut Self {
                for name in [TRACEPARENT, TRACESTATE, BAGGAGE] {
                    self.env_remove(name);
                }
                if let Some(context) = context {
                    inject(context, |name, value| {
                        if let Some(value) = value {
                            self.env(name, value);
                        }
                    });
                }
                self
            }
        }
    )+};
}

command! {
    Command;
    #[cfg(feature = "tokio-process")]
    tokio::process::Command;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03";

    fn changes(command: &Command) -> BTreeMap<&str, Option<&str>> {
        command
            .get_envs()
            .map(|(name, value)| {
                let value = value.map(|value| value.to_str().expect("UTF-8"));
                (name.to_str().expect("UTF-8"), value)
            })
            .collect()
    }

    #[test]
    fn a_child_gets_the_context_and_nothing_stale() {
        let context = PARENT.parse::<TraceContext>().expect("valid");
        let with_all = context
            .clone()
            .with_tracestate("a=1".parse().ok())
            .with_baggage("b=2".parse().expect("valid"));

        let mut command = Command::new("child");
        command.carry_context(Some(&with_all));
        assert_eq!(
            changes(&command),
            BTreeMap::from([
                (TRACEPARENT, Some(PARENT)),
                (TRACESTATE, Some("a=1")),
                (BAGGAGE, Some("b=2")),
            ])
        );

        command.carry_context(Some(&context));
        assert_eq!(
            changes(&command),
            BTreeMap::from([
                (TRACEPARENT, Some(PARENT)),
                (TRACESTATE, None),
                (BAGGAGE, None)
            ])
        );
    }

    #[test]
    fn without_a_current_context_a_child_inherits_none() {
        let mut command = Command::new("child");
        command.carry_trace();
        assert_eq!(
            changes(&command),
            BTreeMap::from([(TRACEPARENT, None), (TRACESTATE, None), (BAGGAGE, None)])
        );
    }

    #[test]
    fn empty_variables_are_absent_and_others_are_not_looked_at() {
        assert!(extract(|_| Some("")).is_absent());
        assert!(extract(|_| None::<&str>).is_absent());
        let lower_case = |name| (name == "traceparent").then_some(PARENT);
        assert!(extract(lower_case).is_absent());
    }

    #[test]
    fn what_was_injected_is_extracted() {
        let context = PARENT
            .parse::<TraceContext>()
            .expect("valid")
            .with_tracestate("a=1,b=2".parse().ok())
            .with_baggage("c=d%20e;f".parse().expect("valid"));
        let mut variables = BTreeMap::new();
        inject(&context, |name, value| {
            variables.insert(name, value.map(str::to_owned));
        });
        let found = extract(|name| variables.get(name).cloned().flatten());
        assert_eq!(found.context(), Some(&context));
        assert!(found.context().is_some_and(TraceContext::is_remote));
    }
}
