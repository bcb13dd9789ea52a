//! Support for expansion tests: prints an expansion like source text and compares it with the
//! file of that name. `UPDATE_EXPECT=1` rewrites the files.

use proc_macro2::TokenStream;

/// Compares an expansion with `tests/expansions/<attribute>/<case>.rs`.
#[track_caller]
pub(crate) fn check(attribute: &str, case: &str, expansion: TokenStream) {
    let file = syn::parse2(expansion).expect("an expansion is a list of items");
    let path = format!(
        "{}/tests/expansions/{attribute}/{case}.rs",
        env!("CARGO_MANIFEST_DIR")
    );
    expect_test::expect_file![path].assert_eq(&prettyplease::unparse(&file));
}
