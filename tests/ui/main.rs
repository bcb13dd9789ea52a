//! Misuse does not compile, and the compiler says what to write instead.
//!
//! One folder a macro, one rule a file, named as the rule. A case that fails to compile begins with the
//! rule and ends with `mod right`, the code to write instead; both are in `docs/diagnostics.md`, whose
//! right examples are compiled as doctests. `TRYBUILD=overwrite` writes the expected messages; each is
//! then read by eye: the underlined token, the fault, and the remedy to type. `UPDATE_EXPECT=1` writes
//! the page. In `compiler` is what rustc itself says about annotated functions.

mod page;

#[test]
fn messages_of_the_compiler() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("*/fail/*.rs");
    cases.pass("*/pass/*.rs");
}

#[test]
fn the_page_of_diagnostics_is_that_of_the_cases() {
    let path = format!("{}/../../docs/diagnostics.md", env!("CARGO_MANIFEST_DIR"));
    expect_test::expect_file![path].assert_eq(&page::page());
}

#[test]
fn the_value_that_is_not_send_is_named_as_without_the_attribute() {
    let with = values_that_are_not_send("not-send");
    assert_eq!(with, values_that_are_not_send("not-send-plain"));
    assert_eq!(with.len(), 5, "{with:?}");
}

/// What makes each future of the case not `Send`, as the compiler says it.
fn values_that_are_not_send(case: &str) -> Vec<String> {
    let root = env!("CARGO_MANIFEST_DIR");
    let output = std::fs::read_to_string(format!("{root}/compiler/fail/{case}.stderr")).unwrap();
    let is_mark = |letter: char| letter.is_ascii_digit() || " |-^".contains(letter);
    let labels = output.lines().map(|line| line.trim_start_matches(is_mark));
    let labels = labels.filter_map(|label| Some(label.split_once(" which is not `Send`")?.0));
    labels.map(str::to_owned).collect()
}
