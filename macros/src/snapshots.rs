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
    let page = page(&documentation, table);
    for row in table.rows() {
        assert!(
            page.contains(&row),
            "the page of {} has no row\n{row}",
            table.attribute
        );
    }
}

/// What stands at the re-export of the attribute, or all of it for an attribute that is a mark of others.
fn page<'a>(documentation: &'a str, table: &Table) -> &'a str {
    const RE_EXPORT: &str = "pub use tracing_relay_macros::";
    let name = table.attribute.trim_start_matches("#[").split(']').next();
    let re_export = format!("{RE_EXPORT}{};", name.unwrap_or_default());
    match documentation.split_once(&re_export) {
        Some((before, _)) => before.rsplit(RE_EXPORT).next().unwrap_or(before),
        None => documentation,
    }
}

/// What the runtime says about attributes in this file, with what the file includes.
pub(crate) fn documentation(file: &str) -> String {
    let path = format!(
        "{}/../runtime/src/attributes/{file}",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).expect("the runtime is beside the macros");
    text.lines()
        .map(|line| match line.strip_prefix("#[doc = include_str!(\"") {
            Some(included) => documentation(included.trim_end_matches("\")]")),
            None => format!("{line}\n"),
        })
        .collect()
}
