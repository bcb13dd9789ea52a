//! What is read, and what is said where it cannot be.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::{Kind, Options, Spec, Table};
use crate::diag::Diagnostics;

static TABLE: Table = Table {
    attribute: "#[sample]",
    options: &[
        Spec {
            name: "quiet",
            kind: Kind::Flag,
            usage: "quiet",
            doc: "",
        },
        Spec {
            name: "restamp",
            kind: Kind::Bool,
            usage: "restamp = false",
            doc: "",
        },
        Spec {
            name: "name",
            kind: Kind::Str,
            usage: "name = \"…\"",
            doc: "",
        },
        Spec {
            name: "kind",
            kind: Kind::OneOf(&["server", "client"]),
            usage: "kind = \"server\"",
            doc: "",
        },
        Spec {
            name: "field",
            kind: Kind::Ident,
            usage: "field = name",
            doc: "",
        },
        Spec {
            name: "carrier",
            kind: Kind::Expr,
            usage: "carrier = msg.head",
            doc: "",
        },
        Spec {
            name: "new",
            kind: Kind::Item,
            usage: "new = pub name",
            doc: "",
        },
        Spec {
            name: "fields",
            kind: Kind::List,
            usage: "fields(a = 1)",
            doc: "",
        },
        Spec {
            name: "crate",
            kind: Kind::CratePath,
            usage: "crate = ::path",
            doc: "",
        },
    ],
};

/// The options, and the texts of the errors.
fn parse(args: TokenStream) -> (Options, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let options = TABLE.parse(args, &mut diagnostics);
    let errors = diagnostics.messages().collect();
    (options, errors)
}

#[test]
fn every_kind_of_value_is_read() {
    let (options, errors) = parse(quote! {
        quiet, restamp = false, name = "a", kind = "client", field = r#type,
        carrier = f::<A, B>(|x, y| x), new = pub(crate) make, fields(a = 1, b), crate = ::renamed,
    });
    assert_eq!(errors, [""; 0]);
    assert!(options.has("quiet"));
    assert_eq!(options.bool("restamp"), Some(false));
    assert_eq!(options.str("name").unwrap().value(), "a");
    assert_eq!(options.str("kind").unwrap().value(), "client");
    assert_eq!(options.ident("field").unwrap(), "r#type");
    assert_eq!(
        options.expr("carrier").to_token_stream().to_string(),
        "f :: < A , B > (| x , y | x)"
    );
    let (vis, name) = options.item("new").unwrap();
    assert_eq!(vis.to_token_stream().to_string(), "pub (crate)");
    assert_eq!(name.unwrap(), "make");
    assert_eq!(options.list("fields").unwrap().to_string(), "a = 1 , b");
    assert_eq!(
        options.runtime().to_token_stream().to_string(),
        ":: renamed"
    );
}

#[test]
fn the_crate_path_may_be_quoted() {
    let (options, errors) = parse(quote!(crate = "crate::relay"));
    assert_eq!(errors, [""; 0]);
    assert_eq!(
        options.runtime().to_token_stream().to_string(),
        "crate :: relay"
    );
    assert_eq!(
        Options::default().runtime().to_token_stream().to_string(),
        ":: tracing_relay"
    );
}

#[test]
fn what_tracing_instrument_accepts_is_answered_with_what_to_write_here() {
    let (_, errors) = parse(quote!(
        "a name",
        skip(self),
        skip_all,
        ret,
        parent = None,
        properties = {},
        prefix = "a"
    ));
    let helps: Vec<&str> = errors
        .iter()
        .filter_map(|error| error.split_once("help: ").map(|(_, help)| help))
        .collect();
    let remove = "remove it: nothing is recorded that `fields(key = value)` does not name";
    let expected = [
        "write `name = \"a name\"`",
        remove,
        remove,
        "name what is recorded: `on_ok(|value| key = value)`",
        "the parent is in the message: `carrier = message.trace`; without a message it is the current span",
        "name them in `fields(key = value)`",
        "write the whole name: `name = \"threads.start\"`",
    ];
    assert_eq!(helps, expected);
}

#[test]
fn one_mistake_does_not_hide_the_next_or_what_is_right() {
    let (options, errors) = parse(quote! {
        restmp = true, kind = "srver", name, 5, quiet = 1, carrier = , restamp = true extra,
        name = "a", name = "b", fields = 1, restamp = "yes", new = fn, colour = 1
    });
    assert_eq!(options.str("name").unwrap().value(), "a");
    let all = "`quiet`, `restamp`, `name`, `kind`, `field`, `carrier`, `new`, `fields`, `crate`";
    let expected = [
        &format!(
            "`#[sample]` has no option `restmp`\nhelp: did you mean `restamp`? its options are {all}"
        ),
        "`kind` does not know `\"srver\"`\nhelp: did you mean `\"server\"`? it takes one of `\"server\"`, `\"client\"`",
        "`name` takes a string literal\nhelp: write `name = \"…\"`",
        &format!("expected an option\nhelp: its options are {all}"),
        "`quiet` takes no value\nhelp: write `quiet`",
        "`carrier` takes an expression\nhelp: write `carrier = msg.head`",
        "`restamp` takes `true` or `false`\nhelp: write `restamp = false`",
        "`name` is given twice\nhelp: keep one of the two, the first is `name = \"a\"`",
        "`fields` takes a list in parentheses\nhelp: write `fields(a = 1)`",
        "`restamp` takes `true` or `false`\nhelp: write `restamp = false`",
        "`new` takes nothing, or a name with or without visibility\nhelp: write `new = pub name`",
        &format!("`#[sample]` has no option `colour`\nhelp: its options are {all}"),
    ];
    assert_eq!(errors, expected);
}

#[test]
fn a_value_without_quotes_or_in_capitals_is_understood() {
    let (_, errors) = parse(quote!(kind = SpanKind::Server));
    assert_eq!(
        errors,
        ["`kind` takes a string literal\nhelp: write `kind = \"server\"`"]
    );
    let (_, errors) = parse(quote!(kind = "CLIENT"));
    let meant = "did you mean `\"client\"`?";
    assert!(
        errors.iter().any(|error| error.contains(meant)),
        "{errors:?}"
    );
}

#[test]
fn a_mistake_inside_parentheses_leaves_the_other_options() {
    let mut diagnostics = Diagnostics::default();
    let args = quote!(scope = R, carrier = f(a b), name = "n");
    let options = crate::span::args::RELAY_TRACED.parse(args, &mut diagnostics);
    assert_eq!(diagnostics.messages().count(), 1);
    assert!(options.has("scope") && options.has("name"));
}
