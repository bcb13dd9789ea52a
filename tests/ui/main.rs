//! Misuse does not compile, and the compiler says what to write instead.
//!
//! One folder a macro, one rule a file, named as the rule. `TRYBUILD=overwrite` writes the expected
//! messages; each is then read by eye: the underlined token, the fault, and the remedy to type.

#[test]
fn messages_of_the_compiler() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/*/fail/*.rs");
    cases.pass("ui/*/pass/*.rs");
}
