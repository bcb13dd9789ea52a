//! A prefix is the beginning of the name of a variable: letters, digits and `_`, and no digit first.

use tracing_relay::scope_config;

fn blank() {
    let _ = scope_config!("").config();
}

fn a_hyphen() {
    let _ = scope_config!("my-relay").config();
}

fn main() {
    blank();
    a_hyphen();
}

#[cfg(doctest)]
mod right {
    fn of_the_component() {
        let config = tracing_relay::scope_config!("MY_RELAY").config();
        assert!(config.is_none());
    }
}
