//! What the tests of `scope_config!` find embedded: the values that a release pipeline would set.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for (name, value) in [
        ("WHOLE_URL", "https://embedded.example/v1/traces"),
        ("WHOLE_DATASET", "embedded-dataset"),
        ("WHOLE_TOKEN", "embedded-token"),
        ("HALF_URL", "https://embedded.example/v1/traces"),
        ("HALF_DATASET", " \t "),
        ("HALF_TOKEN", "embedded-token"),
    ] {
        println!("cargo::rustc-env=TRACING_RELAY_TEST_{name}={value}");
    }
}
