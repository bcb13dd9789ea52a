//! What the program says to who calls it in a way that it cannot do, or asks it how.

use tokio::net::TcpListener;

use crate::support::{run, text};

/// What goes wrong with these arguments, which ends the program with this code.
async fn error(code: i32, args: &[&str]) -> String {
    let output = run(args).await;
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert_eq!(text(&output.stdout), "", "{output:?}");
    text(&output.stderr).to_owned()
}

/// The same, in one line.
async fn line(args: &[&str]) -> String {
    let error = error(1, args).await;
    assert_eq!(error.lines().count(), 1, "{error}");
    error.trim_end().to_owned()
}

#[tokio::test]
async fn a_session_that_is_not_there_is_named() {
    let line = line(&["play", "no-such-file.jsonl"]).await;
    assert!(
        line.starts_with("error: cannot read no-such-file.jsonl: "),
        "{line}"
    );
}

#[tokio::test]
async fn an_address_that_is_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let server = line(&["serve", "--ws", &address]).await;
    let expected = format!("error: cannot listen on ws://{address}: Address already in use");
    assert!(server.starts_with(&expected), "{server}");
    let model = line(&["model", "--addr", &address]).await;
    let expected = format!("error: cannot listen on {address}: Address already in use");
    assert!(model.starts_with(&expected), "{model}");
}

#[tokio::test]
async fn a_server_or_a_collector_that_is_not_there_is_named() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = closed.local_addr().expect("an address").to_string();
    drop(closed);
    let play = line(&["play", "--ws", &address]).await;
    let expected = format!("error: cannot connect to ws://{address}: Connection refused");
    assert!(play.starts_with(&expected), "{play}");
    let model = line(&["model", "--spans", &address]).await;
    let expected =
        format!("error: cannot connect to the collector at {address}: Connection refused");
    assert!(model.starts_with(&expected), "{model}");
}

#[tokio::test]
async fn wrong_arguments_are_explained() {
    for (args, explained) in [
        (&["sing"][..], "unrecognized subcommand 'sing'"),
        (
            &["play", "a.jsonl", "b.jsonl"],
            "unexpected argument 'b.jsonl'",
        ),
        (
            &["play", "--ws", "wss://localhost:1"],
            "invalid value 'wss://localhost:1' for '--ws <ADDRESS>': it has to be like `ws://127.0.0.1:4500` or `127.0.0.1:4500`",
        ),
        (
            &["serve", "--model", "localhost"],
            "invalid value 'localhost' for '--model <URL>': it has to be like `http://127.0.0.1:8080`",
        ),
        (
            &["serve", "--stdio", "--ws", "localhost:1"],
            "the argument '--stdio' cannot be used with '--ws <ADDRESS>'",
        ),
        (&["serve", "--stop-on-eof"], "--ws <ADDRESS>"),
        (
            &["model", "--addr", "localhost"],
            "invalid value 'localhost' for '--addr <ADDRESS>'",
        ),
        (
            &["serve", "--spans"],
            "a value is required for '--spans <ADDRESS>'",
        ),
    ] {
        let error = error(2, args).await;
        assert!(error.starts_with("error: "), "{error}");
        assert!(error.contains(explained), "{error}");
    }
}

#[tokio::test]
async fn each_command_has_help_with_an_example() {
    for command in ["play", "serve", "model"] {
        let output = run(&[command, "--help"]).await;
        assert!(output.status.success(), "{output:?}");
        let help = text(&output.stdout);
        let widest = help.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(100), "{help}");
        let example = help.lines().find_map(|line| line.strip_prefix("Example: "));
        let example = example.expect(help);
        assert!(
            example.starts_with(&format!("app_server {command} ")),
            "{example}"
        );
    }
    let output = run(&["--version"]).await;
    let version = concat!("app_server ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(text(&output.stdout), version);
}
