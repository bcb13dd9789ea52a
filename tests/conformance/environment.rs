//! The environment of a real child process.

use std::process::Command;

use tracing_relay::env::{self, CommandTraceExt};
use tracing_relay::{Extracted, TraceContext};

const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03";

/// This test binary, about to run [`what_this_process_inherited`] and print it.
fn child() -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the path of this test"));
    command.args([
        "environment::what_this_process_inherited",
        "--exact",
        "--nocapture",
    ]);
    command
}

fn describe(found: &Extracted) -> String {
    let reason = found.error().map(tracing_relay::InvalidCarrier::reason);
    format!(
        "inherited context={:?} error={reason:?} baggage={}",
        found.context(),
        found.baggage()
    )
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("the child runs");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{printed}");
    printed
}

/// Runs in the children of the other tests; on its own it looks at the environment that the tests
/// were started with.
#[test]
fn what_this_process_inherited() {
    let found = env::inherited();
    println!("{}", describe(&found));
    let again = env::extract(|name| Some(std::env::var_os(name)?.to_string_lossy().into_owned()));
    assert_eq!(found, again);
    assert!(found.context().is_none_or(TraceContext::is_remote));
}

fn context() -> TraceContext {
    TRACEPARENT
        .parse::<TraceContext>()
        .expect("valid")
        .with_tracestate("vendor=value".parse().ok())
        .with_baggage("user=Am%C3%A9lie".parse().expect("valid"))
}

#[test]
fn a_child_continues_the_trace() {
    let printed = output(child().carry_context(Some(&context())));
    let expected = describe(&Extracted::valid(context()));
    assert!(printed.contains(&expected), "{printed}");
}

#[tokio::test]
async fn a_child_of_tokio_continues_the_trace() {
    let mut command = tokio::process::Command::from(child());
    let output = command
        .carry_context(Some(&context()))
        .output()
        .await
        .expect("the child runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let expected = describe(&Extracted::valid(context()));
    assert!(printed.contains(&expected), "{printed}");
}

#[test]
fn a_child_without_context_does_not_inherit_ours() {
    let mut command = child();
    command
        .env(env::TRACEPARENT, TRACEPARENT)
        .env(env::BAGGAGE, "stale=1")
        .carry_context(None);
    let printed = output(&mut command);
    assert!(
        printed.contains(&describe(&Extracted::absent())),
        "{printed}"
    );
}

#[test]
fn an_invalid_variable_is_reported() {
    let mut command = child();
    command.carry_context(None).env(env::TRACEPARENT, "00-AB");
    let printed = output(&mut command);
    assert!(
        printed.contains("error=Some(\"the trace id is not 32"),
        "{printed}"
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf8_is_invalid() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let mut command = child();
    command
        .carry_context(None)
        .env(env::TRACEPARENT, OsStr::from_bytes(b"\xff\xfe"));
    let printed = output(&mut command);
    assert!(printed.contains("context=None error=Some("), "{printed}");
}
