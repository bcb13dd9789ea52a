//! [`ScopeVariables`]: the three variables of a component, with what they were when the program was built.

use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName,
    HeaderValue, TRANSFER_ENCODING, USER_AGENT,
};

use super::target::Target;
use super::{ScopeConfig, ScopeOff, Secret};
use crate::warn;

/// The variables of a component: `<PREFIX>_URL`, `<PREFIX>_DATASET` and `<PREFIX>_TOKEN`.
///
/// ```
/// use tracing_relay::scope::{ScopeOff, ScopeVariables, scope_config};
///
/// const TRACES: ScopeVariables = scope_config!("MY_RELAY_OTLP_TRACES");
///
/// // `if let Some(config) = TRACES.config()` is what a program does. A test gives the values itself:
/// let config = TRACES.resolve_with(|variable| match variable {
///     "MY_RELAY_OTLP_TRACES_URL" => Some("https://collector.example/v1/traces".to_owned()),
///     "MY_RELAY_OTLP_TRACES_DATASET" => Some("relay".to_owned()),
///     "MY_RELAY_OTLP_TRACES_TOKEN" => Some("hush".to_owned()),
///     _ => None,
/// })?;
/// assert_eq!(config.dataset(), "relay");
/// # Ok::<(), ScopeOff>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "variables are read by `config` or `resolve`"]
pub struct ScopeVariables {
    prefix: &'static str,
    embedded: [Option<Secret<&'static str>>; 3],
    dataset_header: &'static str,
    loopback_http: bool,
}

/// The variables of a component, with what they are while the *calling* crate is built: `<PREFIX>_URL`,
/// `<PREFIX>_DATASET` and `<PREFIX>_TOKEN`, as [`ScopeVariables`].
///
/// The values of the build are in the program, where everybody can read them: the token may be good for
/// sending to that dataset, and for nothing else. Cargo compiles the crate again when one of them changes. The prefix is a
/// literal, because the names are made at compile time. Works in a `static` and in a `const` too.
///
/// ```
/// let traces = tracing_relay::scope_config!("MY_RELAY_OTLP_TRACES");
///
/// // What the environment says now goes before what it said then.
/// if let Some(config) = traces.config() {
///     println!("relay operations are traced into {}", config.dataset());
/// }
/// ```
#[macro_export]
macro_rules! scope_config {
    ($prefix:literal $(,)?) => {{
        const _: () = ::core::assert!(
            $crate::__private::is_prefix_of_variables($prefix),
            "the prefix of the variables must be letters, digits and `_`, and begin with no digit",
        );
        $crate::scope::ScopeVariables::new($prefix).with_embedded(
            ::core::option_env!(::core::concat!($prefix, "_URL")),
            ::core::option_env!(::core::concat!($prefix, "_DATASET")),
            ::core::option_env!(::core::concat!($prefix, "_TOKEN")),
        )
    }};
    ($($other:tt)*) => {
        ::core::compile_error!(
            "the prefix of the variables must be a string literal\n\n\
             help: write it out, as in `scope_config!(\"MY_COMPONENT_OTLP_TRACES\")`"
        )
    };
}

/// A value, and whether it is that of the build.
struct Found {
    value: String,
    embedded: bool,
}

/// `Option::map` is not for constants.
const fn secret(value: Option<&'static str>) -> Option<Secret<&'static str>> {
    match value {
        Some(value) => Some(Secret(value)),
        None => None,
    }
}

impl ScopeVariables {
    const NAMES: [&str; 3] = ["URL", "DATASET", "TOKEN"];

    /// Variables that begin with this prefix and a `_`, without values of the build.
    pub const fn new(prefix: &'static str) -> Self {
        Self {
            prefix,
            embedded: [None; 3],
            dataset_header: "X-Axiom-Dataset",
            loopback_http: false,
        }
    }

    /// What counts where the environment has no value: what [`scope_config!`](crate::scope_config) fills in.
    pub const fn with_embedded(
        mut self,
        url: Option<&'static str>,
        dataset: Option<&'static str>,
        token: Option<&'static str>,
    ) -> Self {
        self.embedded = [secret(url), secret(dataset), secret(token)];
        self
    }

    /// The header that has the dataset; `X-Axiom-Dataset` unless set.
    pub const fn with_dataset_header(mut self, name: &'static str) -> Self {
        self.dataset_header = name;
        self
    }

    /// Takes `http` URLs too, to `localhost`, `127.0.0.0/8` and `::1`: for tests with a collector of their own. The token is
    /// then readable to who listens on that machine.
    pub const fn allow_loopback_http(mut self) -> Self {
        self.loopback_http = true;
        self
    }

    /// Where to send the spans, or `None`: then the scope is not installed.
    ///
    /// That none of the variables is set is what most programs have, and silent. Everything else is a mistake, and is a
    /// warning in the log, once a minute at most: the reason is that of [`resolve`](Self::resolve).
    #[must_use]
    pub fn config(&self) -> Option<ScopeConfig> {
        match self.resolve() {
            Ok(config) => Some(config),
            Err(off) => {
                if off != ScopeOff::NotConfigured {
                    warn::scope_off(self.prefix, &off);
                }
                None
            }
        }
    }

    /// Where to send the spans. Reads the environment of the process at each call.
    ///
    /// Each of the three is what the variable has now; where that is not set or blank, what it had when the program was
    /// built. Blanks around a value do not count.
    ///
    /// # Errors
    ///
    /// Why the scope is off: [`ScopeOff`]. A value of the environment that is not legal does not bring back that of the
    /// build: who sets `http://` must not send to somewhere else than he asked for.
    pub fn resolve(&self) -> Result<ScopeConfig, ScopeOff> {
        self.resolve_with(|variable| {
            // Octets that are not UTF-8 become a character that is not legal in any of the three.
            Some(std::env::var_os(variable)?.to_string_lossy().into_owned())
        })
    }

    /// [`resolve`](Self::resolve) in any other environment: `lookup` gets the whole name of each variable.
    ///
    /// # Errors
    ///
    /// As [`resolve`](Self::resolve).
    pub fn resolve_with(
        &self,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<ScopeConfig, ScopeOff> {
        let found = [0, 1, 2].map(|index| self.find(index, &lookup));
        let [Some(url), Some(dataset), Some(token)] = found else {
            return Err(self.missing(&found));
        };
        let invalid = |index, found: &Found, fault| ScopeOff::Invalid {
            variable: self.name(index),
            embedded: found.embedded,
            fault,
        };
        let header = |index, found: &Found, text: &str| {
            HeaderValue::from_str(text)
                .ok()
                // What is not ASCII would pass.
                .filter(|value| value.to_str().is_ok())
                .ok_or_else(|| invalid(index, found, "is not legal in a header of HTTP"))
        };
        let target = Target::parse(&url.value, self.loopback_http)
            .map_err(|fault| invalid(0, &url, fault))?;
        let mut authorization = header(2, &token, &format!("Bearer {}", token.value))?;
        authorization.set_sensitive(true);
        Ok(ScopeConfig {
            url: target,
            dataset_header: self.dataset_header()?,
            dataset: header(1, &dataset, &dataset.value)?,
            token: Secret(authorization),
            timeout: ScopeConfig::TIMEOUT,
        })
    }

    fn name(&self, index: usize) -> String {
        format!("{}_{}", self.prefix, Self::NAMES[index])
    }

    fn find(&self, index: usize, lookup: impl Fn(&str) -> Option<String>) -> Option<Found> {
        let given = |value: &str, embedded| {
            let value = value.trim();
            (!value.is_empty()).then(|| Found {
                value: value.to_owned(),
                embedded,
            })
        };
        lookup(&self.name(index))
            .and_then(|value| given(&value, false))
            .or_else(|| given(self.embedded[index]?.0, true))
    }

    fn missing(&self, found: &[Option<Found>; 3]) -> ScopeOff {
        let missing: Vec<String> = (0..3)
            .filter(|index| found[*index].is_none())
            .map(|index| self.name(index))
            .collect();
        if missing.len() == found.len() {
            return ScopeOff::NotConfigured;
        }
        ScopeOff::Incomplete { missing }
    }

    /// The name of the header, which must not be one that a request has anyway.
    fn dataset_header(&self) -> Result<HeaderName, ScopeOff> {
        let taken = [
            AUTHORIZATION,
            CONNECTION,
            CONTENT_ENCODING,
            CONTENT_LENGTH,
            CONTENT_TYPE,
            HOST,
            TRANSFER_ENCODING,
            USER_AGENT,
        ];
        let name = self.dataset_header;
        HeaderName::from_bytes(name.as_bytes())
            .ok()
            .filter(|name| !taken.contains(name))
            .ok_or(ScopeOff::DatasetHeader { name })
    }
}
