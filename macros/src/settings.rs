//! What a whole crate or workspace has set, in the environment of the compiler:
//!
//! ```toml
//! # .cargo/config.toml
//! [env]
//! TRACING_RELAY_STRICT = "my_service, my_worker"  # packages, or `*`
//! TRACING_RELAY_BARE_SPAWN = "allow"
//! ```

use std::env::var;
use std::sync::atomic::{AtomicBool, Ordering};

use proc_macro2::TokenStream;
use quote::quote;

use crate::diag;

const STRICT: &str = "TRACING_RELAY_STRICT";
const BARE_SPAWN: &str = "TRACING_RELAY_BARE_SPAWN";

/// The settings for the crate that is compiled.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Whether what is a warning otherwise is an error.
    pub(crate) strict: bool,
    /// Whether nothing is said of tasks that start outside of the trace.
    pub(crate) bare_spawns_allowed: bool,
}

impl Settings {
    /// Those of the environment.
    pub(crate) fn read() -> Result<Self, syn::Error> {
        Self::from(|name| var(name).ok())
    }

    fn from(value: impl Fn(&str) -> Option<String>) -> Result<Self, syn::Error> {
        let package = value("CARGO_PKG_NAME");
        let strict = value(STRICT).unwrap_or_default();
        let bare_spawn = value(BARE_SPAWN).unwrap_or_default();
        let bare_spawns_allowed = match bare_spawn.trim() {
            "" | "warn" => false,
            "allow" => true,
            other => {
                return Err(diag::at(
                    TokenStream::new(),
                    &format!("`{BARE_SPAWN}` in the environment is `{other}`"),
                    "set it to `warn` or `allow`",
                ));
            }
        };
        Ok(Self {
            strict: strict
                .split(',')
                .map(str::trim)
                .any(|name| name == "*" || !name.is_empty() && Some(name) == package.as_deref()),
            bare_spawns_allowed,
        })
    }
}

/// Tells the compiler which variables were read, so that cargo compiles again when they change. It
/// keeps a list for the whole crate, and runs in a process of its own for each: once is enough.
pub(crate) fn read_again_on_change() -> TokenStream {
    static TOLD: AtomicBool = AtomicBool::new(false);
    // Elsewhere, in our tests, what is generated is to be the same each time.
    if proc_macro::is_available() && TOLD.swap(true, Ordering::Relaxed) {
        return TokenStream::new();
    }
    [STRICT, BARE_SPAWN]
        .iter()
        .map(|name| {
            quote! {
                const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(#name);
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(strict: &str, bare_spawn: &str) -> Result<Settings, syn::Error> {
        Settings::from(|name| {
            Some(match name {
                STRICT => strict.to_owned(),
                BARE_SPAWN => bare_spawn.to_owned(),
                "CARGO_PKG_NAME" => "service".to_owned(),
                _ => return None,
            })
        })
    }

    #[test]
    fn strict_is_for_the_packages_that_are_named() {
        for (value, strict) in [
            ("", false),
            ("service", true),
            ("other", false),
            ("other, service", true),
            ("*", true),
            (",", false),
            ("services", false),
        ] {
            let settings = settings(value, "").expect("valid");
            assert_eq!(settings.strict, strict, "{value}");
        }
        let nothing = Settings::from(|_| None).expect("valid");
        assert_eq!(nothing, Settings::default());
    }

    #[test]
    fn bare_spawns_are_warned_of_unless_allowed() {
        for (value, allowed) in [("", false), ("warn", false), (" allow ", true)] {
            let settings = settings("", value).expect("valid");
            assert_eq!(settings.bare_spawns_allowed, allowed, "{value}");
        }
        let error = settings("", "off").expect_err("no setting");
        assert!(error.to_string().contains("is `off`"), "{error}");
    }
}
