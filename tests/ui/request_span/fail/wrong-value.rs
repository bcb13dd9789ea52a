//! A value that an option does not take is underlined, and the accepted ones are named.

use tracing_relay::request_span;

#[request_span(name = handle, carrier = none)]
fn name_without_quotes() {}

#[request_span(name, carrier = none)]
fn name_without_value() {}

#[request_span(name = "", carrier = none)]
fn empty_name() {}

#[request_span(kind = "sever", carrier = none)]
fn near_kind() {}

#[request_span(kind = Server, carrier = none)]
fn kind_without_quotes() {}

#[request_span(level = "verbose", carrier = none)]
fn level() {}

#[request_span(err = "debug", carrier = none)]
fn err() -> Result<(), u8> {
    Ok(())
}

#[request_span(err, carrier = none)]
fn err_without_value() -> Result<(), u8> {
    Ok(())
}

#[request_span(conventions = "json-rpc", carrier = none)]
fn conventions() {}

#[request_span(log_ids = "no", carrier = none)]
fn log_ids() {}

#[request_span(carrier)]
fn carrier() {}

#[request_span(fields = "id", carrier = none)]
fn fields() {}

#[request_span(target = 1, carrier = none)]
fn target() {}

#[request_span(sample = "0.1", carrier = none)]
fn sample_in_quotes() {}

#[request_span(sample = RATIO, carrier = none)]
fn sample_by_name() {}

#[request_span(sample = 10, carrier = none)]
fn sample_in_percent() {}

#[request_span(sample = -0.1, carrier = none)]
fn sample_below_zero() {}

#[request_span(sample, carrier = none)]
fn sample_without_value() {}

#[request_span(crate = tracing_relay, carrier = none)]
fn relative_crate() {}

fn main() {
    name_without_quotes();
    name_without_value();
    empty_name();
    near_kind();
    kind_without_quotes();
    level();
    let _ = (err(), err_without_value());
    conventions();
    log_ids();
    carrier();
    fields();
    target();
    sample_in_quotes();
    sample_by_name();
    sample_in_percent();
    sample_below_zero();
    sample_without_value();
    relative_crate();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::request_span;

    #[request_span(
        name = "handle",
        kind = "server",
        level = "debug",
        err = "message",
        conventions = "jsonrpc",
        log_ids = false,
        carrier = none,
        fields(id = 1),
        target = "app::rpc",
        sample = 0.1,
        crate = ::tracing_relay
    )]
    fn handle() -> Result<(), u8> {
        Ok(())
    }
}
