//! Every option, and every value of an option that has a list of them, is in a case that compiles.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::Meta;

use crate::TABLES;
use crate::diag::Diagnostics;
use crate::options::{Kind, Options, Spec, Table};

#[test]
fn every_option_is_in_a_case_that_compiles() {
    for table in TABLES {
        let used = used(table);
        let written = table.options.iter().flat_map(every_form);
        let missing: Vec<String> = written.filter(|form| !used.contains(form)).collect();
        let case = case(table);
        assert!(
            missing.is_empty(),
            "{} has {missing:?} in no attribute of {case}",
            table.attribute
        );
    }
}

/// The option, with each of its values where they are listed.
fn every_form(spec: &Spec) -> Vec<String> {
    match spec.kind {
        Kind::OneOf(values) => values
            .iter()
            .map(|value| format!("{} = {value:?}", spec.name))
            .collect(),
        Kind::Bool => ["true", "false"]
            .iter()
            .map(|value| format!("{} = {value}", spec.name))
            .collect(),
        _ => vec![spec.name.to_owned()],
    }
}

/// What the attributes of the case have, in the same form.
fn used(table: &Table) -> BTreeSet<String> {
    let path = format!("{}/../tests/ui/{}", env!("CARGO_MANIFEST_DIR"), case(table));
    let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let source = source.parse().expect("the case is Rust");
    let attributes = attributes(source, name(table));
    let options = attributes.into_iter().flat_map(|arguments| {
        // What is wrong for this table may be right for another one that shares the attribute.
        let options = table.parse(arguments, &mut Diagnostics::default());
        table
            .options
            .iter()
            .filter_map(move |spec| form(spec, &options))
            .collect::<Vec<_>>()
    });
    options.collect()
}

fn form(spec: &Spec, options: &Options) -> Option<String> {
    let given = options.get(spec.name)?;
    Some(match spec.kind {
        Kind::OneOf(_) | Kind::Bool => given.tokens.to_token_stream().to_string(),
        _ => spec.name.to_owned(),
    })
}

/// `traced` of `#[traced] on a block`.
fn name(table: &Table) -> &'static str {
    let (name, _) = table.attribute.split_once(']').expect("an attribute");
    name.rsplit(['[', ':']).next().expect("a name")
}

fn case(table: &Table) -> String {
    let folder = match name(table) {
        "carrier" => "derive_carries_trace",
        "span_fields" => "derive_span_fields",
        name => name,
    };
    let block = table.attribute.ends_with(" on a block");
    let case = if block {
        "every-option-of-a-block"
    } else {
        "every-option"
    };
    format!("{folder}/pass/{case}.rs")
}

/// The arguments of all attributes of this name, at any depth.
fn attributes(tokens: TokenStream, name: &str) -> Vec<TokenStream> {
    let groups = tokens.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    groups
        .flat_map(|group| match syn::parse2::<Meta>(group.clone()) {
            Ok(Meta::List(list)) if is_named(&list.path, name) => vec![list.tokens],
            _ => attributes(group, name),
        })
        .collect()
}

fn is_named(path: &syn::Path, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident == name)
}
