//! The names of the variables are made at compile time, so that their prefix is written out.

use tracing_relay::scope_config;

const PREFIX: &str = "MY_RELAY_OTLP_TRACES";

fn a_constant() {
    let _ = scope_config!(PREFIX).config();
}

fn nothing() {
    let _ = scope_config!().config();
}

fn one_too_many() {
    let _ = scope_config!("MY_RELAY_OTLP_TRACES", "https://collector.example").config();
}

fn main() {
    a_constant();
    nothing();
    one_too_many();
}

#[cfg(doctest)]
mod right {
    fn of_the_component() {
        let config = tracing_relay::scope_config!("MY_RELAY_OTLP_TRACES").config();
        assert!(config.is_none());
    }
}
