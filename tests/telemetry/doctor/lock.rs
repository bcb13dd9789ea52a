//! Crates that have to be there once.

use std::path::Path;

use tracing_relay::doctor::{Problem, lock_file, lock_text};

use super::{assert_says, only};

const TWO: &str = r#"
version = 4

[[package]]
name = "opentelemetry"
version = "0.32.0"

[[package]]
name = "opentelemetry"
version = "0.33.1"

[[package]]
name = "older-middleware"
version = "1.2.3"
dependencies = ["opentelemetry 0.32.0", "tracing-core"]

[[package]]
name = "tracing-core"
version = "0.1.36"

[[package]]
name = "tracing-relay"
version = "0.1.0"
dependencies = ["opentelemetry 0.33.1 (registry+https://example.com)"]
"#;

#[test]
fn two_versions_of_opentelemetry_are_named_with_who_needs_them() {
    let diagnosis = lock_text(TWO);
    let finding = only(&diagnosis, Problem::TwoVersions);
    assert_says(
        finding.what(),
        &[
            "`opentelemetry` is there in 2 versions",
            "0.32.0 for older-middleware 1.2.3",
            "0.33.1 for tracing-relay 0.1.0",
        ],
    );
    assert_says(
        finding.help(),
        &["use 0.33.1", "`cargo tree --invert opentelemetry@0.32.0`"],
    );
    let once = "`tracing-core` is there once, in version 0.1.36";
    assert_eq!(diagnosis.proven(), [once]);
}

#[test]
fn each_crate_that_has_to_be_there_once_is_looked_for() {
    for name in [
        "opentelemetry",
        "opentelemetry_sdk",
        "tracing-opentelemetry",
        "tracing-core",
    ] {
        let package =
            |version| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
        let text = package("0.1.0") + &package("0.2.0");
        let finding = only(&lock_text(&text), Problem::TwoVersions);
        assert_says(finding.what(), &[&format!("`{name}`")]);
    }
}

#[test]
fn this_workspace_has_each_of_them_once() {
    let diagnosis = lock_file(env!("CARGO_MANIFEST_DIR"));
    diagnosis.assert_healthy();
    assert_eq!(diagnosis.proven().len(), 4, "{diagnosis}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    assert_eq!(lock_file(file), diagnosis);
}

#[test]
fn what_is_no_lock_file_is_told() {
    for text in ["", "[[package]", "version = 4"] {
        only(&lock_text(text), Problem::LockFile);
    }
    let diagnosis = lock_file("/nowhere/at/all/Cargo.lock");
    let finding = only(&diagnosis, Problem::LockFile);
    assert_says(finding.what(), &["/nowhere/at/all/Cargo.lock"]);
    only(&lock_file("/"), Problem::LockFile);
}
