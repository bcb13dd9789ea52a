//! Everywhere that a value can be, by any path, and where the names of the standard library mean something else.

#![no_implicit_prelude]
#![deny(warnings)]

use ::tracing_relay::scope::{self, ScopeVariables};

#[allow(unused_macros)]
macro_rules! option_env {
    ($($name:tt)*) => {
        ::core::compile_error!("not this one")
    };
}

static IN_A_STATIC: ScopeVariables = ::tracing_relay::scope_config!("MY_RELAY");
const IN_A_CONST: ScopeVariables = scope::scope_config!("MY_RELAY",).allow_loopback_http();

fn main() {
    let in_a_function =
        ::tracing_relay::scope_config!("MY_RELAY").with_dataset_header("X-Dataset");
    for variables in [IN_A_STATIC, IN_A_CONST, in_a_function] {
        ::std::assert!(variables.config().is_none());
    }
}
