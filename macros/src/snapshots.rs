//! Support for tests. Expansions are printed like source text and compared with the file of that
//! name; `UPDATE_EXPECT=1` rewrites the files. Option tables are compared with the documentation.

use proc_macro2::TokenStream;

use crate::options::Table;

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

/// Checks that the documentation of the attributes, which is on their re-exports in the runtime, has
/// the row of every option.
#[track_caller]
pub(crate) fn check_documented(file: &str, table: &Table) {
    let documentation = documentation(file);
    for row in table.rows() {
        assert!(
            documentation.contains(&row),
            "{} has no row\n{row}",
            table.attribute
        );
    }
}

/// What the runtime says about attributes in this file.
pub(crate) fn documentation(file: &str) -> String {
    let path = format!(
        "{}/../runtime/src/attributes/{file}",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path).expect("the runtime is beside the macros")
}
