//! Misuse does not compile, and the compiler says what to write instead.
//!
//! A folder for each attribute: `fail/` has the misuse with the text of the compiler beside it.

#[test]
fn ui() {
    trybuild::TestCases::new().compile_fail("ui/*/fail/*.rs");
}
