//! The options of all attributes: each attribute declares a table, and from that table come the
//! parser, the messages about what is wrong, and the check that the documentation is complete.
//!
//! Options are written `name`, `name = value` or `name(…)` and are separated by commas. A mistake in
//! one is reported and the rest is still read.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::buffer::Cursor;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Ident, LitBool, LitStr, Path, Token, Visibility, token};

use crate::diag::{self, Diagnostics};
use crate::item::idents_in;
use crate::paths;

/// The options of one attribute.
#[derive(Debug)]
pub(crate) struct Table {
    /// The attribute, and after a space where it stands if it has other options elsewhere:
    /// `#[request_span]`, `#[carrier] on a field`.
    pub(crate) attribute: &'static str,
    pub(crate) options: &'static [Spec],
}

/// One option of a [`Table`].
#[derive(Debug)]
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// The option as one writes it, with an example value: `restamp = false`.
    pub(crate) usage: &'static str,
    /// What it does, in one line: the row of the documentation.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "a test compares it with the documentation")
    )]
    pub(crate) doc: &'static str,
}

/// What an option accepts after its name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Nothing.
    Flag,
    /// `= true` or `= false`.
    Bool,
    /// `= "text"`.
    Str,
    /// `= "text"` with one of these.
    OneOf(&'static [&'static str]),
    /// `= name` with one of these.
    OneOfNames(&'static [&'static str]),
    /// `= name`.
    Ident,
    /// `= ::path`, also in quotes: the path of the runtime crate.
    CratePath,
    /// `= expression`.
    Expr,
    /// Nothing, `= name`, or `= pub name`.
    Item,
    /// `(…)`: the tokens in the parentheses, for the attribute to parse.
    List,
}

/// What was given for an option.
#[derive(Clone)]
pub(crate) enum Value {
    Flag,
    Bool(LitBool),
    Str(LitStr),
    Ident(Ident),
    Path(Path),
    Expr(Expr),
    Item(Visibility, Option<Ident>),
    List(TokenStream),
}

/// One option as it was written.
#[derive(Clone)]
pub(crate) struct Given {
    /// The name, as it is in the table.
    pub(crate) name: &'static str,
    pub(crate) key: Ident,
    pub(crate) value: Value,
    /// All of it, to underline.
    pub(crate) tokens: TokenStream,
}

/// The options that were given, each at most once.
#[derive(Default)]
pub(crate) struct Options(Vec<Given>);

impl Options {
    /// The option of this name, if it was given.
    pub(crate) fn get(&self, name: &str) -> Option<&Given> {
        self.0.iter().find(|given| given.name == name)
    }

    /// All that was given, in that order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Given> {
        self.0.iter()
    }

    /// Whether the option was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value of a `Str` or `OneOf` option.
    pub(crate) fn str(&self, name: &str) -> Option<&LitStr> {
        match &self.get(name)?.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a `Bool` option.
    pub(crate) fn bool(&self, name: &str) -> Option<bool> {
        match &self.get(name)?.value {
            Value::Bool(value) => Some(value.value),
            _ => None,
        }
    }

    /// The value of an `Ident` or `OneOfNames` option.
    pub(crate) fn ident(&self, name: &str) -> Option<&Ident> {
        match &self.get(name)?.value {
            Value::Ident(ident) => Some(ident),
            _ => None,
        }
    }

    /// The value of an `Expr` option.
    pub(crate) fn expr(&self, name: &str) -> Option<&Expr> {
        match &self.get(name)?.value {
            Value::Expr(expr) => Some(expr),
            _ => None,
        }
    }

    /// The value of an `Item` option: visibility, and the name if there is one.
    pub(crate) fn item(&self, name: &str) -> Option<(&Visibility, Option<&Ident>)> {
        match &self.get(name)?.value {
            Value::Item(vis, ident) => Some((vis, ident.as_ref())),
            _ => None,
        }
    }

    /// The tokens of a `List` option.
    pub(crate) fn list(&self, name: &str) -> Option<&TokenStream> {
        match &self.get(name)?.value {
            Value::List(tokens) => Some(tokens),
            _ => None,
        }
    }

    /// The runtime's path: that of the `crate` option, or the default.
    pub(crate) fn runtime(&self) -> paths::RuntimePath {
        paths::RuntimePath::new(match self.get("crate").map(|given| &given.value) {
            Some(Value::Path(path)) => Some(path.clone()),
            _ => None,
        })
    }
}

impl Table {
    /// Reads the arguments of the attribute. What is wrong goes to `diagnostics`; what is right is
    /// returned all the same.
    pub(crate) fn parse(&self, args: TokenStream, diagnostics: &mut Diagnostics) -> Options {
        let mut options = Options::default();
        let parse = |input: ParseStream<'_>| {
            while !input.is_empty() {
                match self.parse_option(input, &options) {
                    Ok(given) => options.0.push(given),
                    Err(error) => {
                        diagnostics.push(error);
                        skip_to_comma(input);
                    }
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        // Each turn of the loop stops at a comma or at the end. What fails all the same is that syn
        // remembers the parentheses that an expression was not read out of, which was reported.
        parse.parse2(args).ok();
        options
    }

    fn parse_option(&self, input: ParseStream<'_>, earlier: &Options) -> syn::Result<Given> {
        let start = input.cursor();
        if !input.peek(Ident::peek_any) {
            let tokens = skip_to_comma(input);
            let help = match syn::parse2::<LitStr>(tokens.clone()) {
                Ok(text) if self.options.iter().any(|spec| spec.name == "name") => {
                    format!("write `name = {}`", text.token())
                }
                _ => self.accepted(),
            };
            return Err(diag::at(tokens, "expected an option", &help));
        }
        let key = input.call(Ident::parse_any)?;
        let Some(spec) = self.spec(&key) else {
            return Err(self.unknown(&key));
        };
        let value = spec.parse_value(start, input)?;
        if !input.is_empty() && !input.peek(Token![,]) {
            skip_to_comma(input);
            return Err(spec.wrong_value(start, input.cursor()));
        }
        if let Some(first) = earlier.get(spec.name) {
            let fault = format!("`{}` is given twice", spec.name);
            let help = format!("keep one of the two, the first is `{}`", first.tokens);
            return Err(Error::new_range(
                start..input.cursor(),
                diag::text(&fault, &help),
            ));
        }
        Ok(Given {
            name: spec.name,
            key,
            value,
            tokens: tokens_between(start, input.cursor()),
        })
    }

    /// The option of the same attribute where it stands at its usual place.
    fn elsewhere(&self, key: &Ident) -> Option<&'static Spec> {
        let (attribute, _) = self.attribute_and_place();
        let usual = crate::TABLES
            .iter()
            .find(|table| table.attribute == attribute && table.attribute != self.attribute);
        usual?.spec(key)
    }

    fn spec(&self, key: &Ident) -> Option<&'static Spec> {
        self.options.iter().find(|spec| key == spec.name)
    }

    fn unknown(&self, key: &Ident) -> Error {
        let name = key.unraw().to_string();
        if let Some(spec) = self.elsewhere(key) {
            let (attribute, place) = self.attribute_and_place();
            let opening = attribute.trim_end_matches(']');
            return diag::at(
                key,
                &format!("`{name}` is an option of `{attribute}` on one function, not{place}"),
                &format!("write `{opening}({})]` on the method", spec.usage),
            );
        }
        let owners: Vec<String> = crate::TABLES
            .iter()
            .filter(|table| table.attribute != self.attribute && table.spec(key).is_some())
            .filter(|table| table.elsewhere(key).is_none())
            .map(|table| table.quoted())
            .collect();
        let near = diag::nearest(&name, self.options.iter().map(|spec| spec.name));
        let fault = if near.is_some() || owners.is_empty() {
            format!("{} has no option `{name}`", self.quoted())
        } else {
            let owners = owners.join(", ");
            format!(
                "`{name}` is an option of {owners}, not of {}",
                self.quoted()
            )
        };
        let help = match (near, self.known_elsewhere(&name)) {
            (Some(near), _) => format!("did you mean `{near}`? {}", self.accepted()),
            (None, Some(remedy)) => remedy.to_owned(),
            (None, None) => self.accepted(),
        };
        diag::at(key, &fault, &help)
    }

    /// What to write instead of an option that other instrumentation has, or this one on a block, where
    /// the attribute is about one function.
    fn known_elsewhere(&self, name: &str) -> Option<&'static str> {
        self.options.iter().find(|spec| spec.name == "fields")?;
        Some(match name {
            "skip" | "skip_all" => {
                "remove it: nothing is recorded that `fields(key = value)` does not name"
            }
            "properties" | "attributes" => "name them in `fields(key = value)`",
            "prefix" => "write the whole name: `name = \"threads.start\"`",
            "ret" => "name what is recorded: `on_ok(|value| key = value)`",
            "parent" => {
                "the parent is in the message: `carrier = message.trace`; without a message it is the current span"
            }
            "follows_from" => {
                "remove it: work in `task::detach` starts a trace of its own, linked to this span"
            }
            _ => return None,
        })
    }

    /// The attribute in backticks.
    fn quoted(&self) -> String {
        let (attribute, place) = self.attribute_and_place();
        format!("`{attribute}`{place}")
    }

    /// The attribute, and where it stands, if it is not at its usual place.
    fn attribute_and_place(&self) -> (&'static str, &'static str) {
        self.attribute
            .split_at(self.attribute.find(' ').unwrap_or(self.attribute.len()))
    }

    fn accepted(&self) -> String {
        match self.options {
            [] => "write it alone, it has no options".to_owned(),
            [only] => format!("its only option is `{}`", only.usage),
            options => {
                format!(
                    "its options are {}",
                    diag::list(options.iter().map(|spec| spec.name))
                )
            }
        }
    }

    /// The rows of the documentation: one an option.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = String> {
        self.options
            .iter()
            .map(|spec| format!("| `{}` | {} |", spec.usage.replace('|', "\\|"), spec.doc))
    }
}

impl Spec {
    /// What follows the name. Without a value the option is underlined from its name, at `key`.
    fn parse_value(&self, key: Cursor<'_>, input: ParseStream<'_>) -> syn::Result<Value> {
        let start = input.cursor();
        let bare = input.is_empty() || input.peek(Token![,]);
        match self.kind {
            Kind::Flag if bare => return Ok(Value::Flag),
            Kind::Item if bare => return Ok(Value::Item(Visibility::Inherited, None)),
            Kind::List if input.peek(token::Paren) => {
                let content;
                syn::parenthesized!(content in input);
                return content.parse().map(Value::List);
            }
            Kind::Flag | Kind::List => {}
            _ if input.peek(Token![=]) => {
                input.parse::<Token![=]>()?;
                return self.parse_assigned(key, input);
            }
            _ => {}
        }
        skip_to_comma(input);
        Err(self.wrong_value(if bare { key } else { start }, input.cursor()))
    }

    /// What follows the `=`. The value is underlined when it is not what the option takes.
    fn parse_assigned(&self, key: Cursor<'_>, input: ParseStream<'_>) -> syn::Result<Value> {
        let start = input.cursor();
        if input.is_empty() || input.peek(Token![,]) {
            return Err(self.wrong_value(key, start));
        }
        let value = match self.kind {
            Kind::Bool => input.parse().map(Value::Bool),
            Kind::Str => input.parse().map(Value::Str),
            Kind::OneOf(allowed) => match input.parse::<LitStr>() {
                Ok(text) if !allowed.contains(&text.value().as_str()) => {
                    let quoted: Vec<String> =
                        allowed.iter().map(|value| format!("{value:?}")).collect();
                    let quoted: Vec<&str> = quoted.iter().map(String::as_str).collect();
                    return Err(self.not_one_of(&quoted, &format!("{:?}", text.value()), &text));
                }
                text => text.map(Value::Str),
            },
            Kind::OneOfNames(allowed) => match input.parse::<Ident>() {
                Ok(name) if !allowed.iter().any(|allowed| name == allowed) => {
                    return Err(self.not_one_of(allowed, &name.to_string(), &name));
                }
                name => name.map(Value::Ident),
            },
            Kind::Ident => input.parse().map(Value::Ident),
            Kind::CratePath => match parse_crate_path(input) {
                Ok(path) => return paths::check_crate_path(&path).map(|()| Value::Path(path)),
                Err(error) => Err(error),
            },
            Kind::Expr => return input.parse().map(Value::Expr),
            Kind::Item => input.call(parse_item_name),
            Kind::Flag | Kind::List => Err(input.error("no value expected")),
        };
        value.map_err(|_| {
            skip_to_comma(input);
            self.wrong_value(start, input.cursor())
        })
    }

    fn not_one_of(&self, allowed: &[&str], value: &str, tokens: &impl ToTokens) -> Error {
        let fault = format!("`{}` does not know `{value}`", self.name);
        let lower = value.to_lowercase();
        let help = match (diag::nearest(&lower, allowed.iter().copied()), allowed) {
            (_, [only]) => format!("the only value is `{only}`"),
            (Some(near), _) => {
                let all = diag::list(allowed.iter().copied());
                format!("did you mean `{near}`? it takes one of {all}")
            }
            (None, _) => format!("it takes one of {}", diag::list(allowed.iter().copied())),
        };
        diag::at(tokens, &fault, &help)
    }

    fn wrong_value(&self, start: Cursor<'_>, end: Cursor<'_>) -> Error {
        let usage = match self.kind {
            Kind::OneOf(allowed) => meant(allowed, tokens_between(start, end))
                .map(|value| format!("{} = {value:?}", self.name)),
            _ => None,
        };
        let usage = usage.as_deref().unwrap_or(self.usage);
        Error::new_range(start..end, self.wrong_value_text(usage))
    }

    fn wrong_value_text(&self, usage: &str) -> String {
        let accepts = match self.kind {
            Kind::Flag => "takes no value",
            Kind::Bool => "takes `true` or `false`",
            Kind::Str | Kind::OneOf(_) => "takes a string literal",
            Kind::Ident | Kind::OneOfNames(_) => "takes a name",
            Kind::CratePath => "takes a path",
            Kind::Expr => "takes an expression",
            Kind::Item => "takes nothing, or a name with or without visibility",
            Kind::List => "takes a list in parentheses",
        };
        diag::text(
            &format!("`{}` {accepts}", self.name),
            &format!("write `{usage}`"),
        )
    }
}

/// The value that was written without quotes: `"debug"` for `Level::DEBUG`.
fn meant(allowed: &[&'static str], tokens: TokenStream) -> Option<&'static str> {
    let last = idents_in(tokens).pop()?.to_string().to_lowercase();
    allowed.iter().find(|value| **value == last).copied()
}

fn parse_item_name(input: ParseStream<'_>) -> syn::Result<Value> {
    let vis = input.parse()?;
    Ok(Value::Item(vis, Some(input.parse()?)))
}

/// The path of a crate, also in quotes, as serde has it.
fn parse_crate_path(input: ParseStream<'_>) -> syn::Result<Path> {
    if input.peek(LitStr) {
        input.parse::<LitStr>()?.parse_with(Path::parse_mod_style)
    } else {
        input.call(Path::parse_mod_style)
    }
}

/// Parses a list to its end; what is wrong in one item does not hide the others. `fault` and `help`
/// are for items that no comma separates.
pub(crate) fn parse_list<T>(
    input: ParseStream<'_>,
    item: impl Fn(ParseStream<'_>) -> syn::Result<T>,
    (fault, help): (&str, &str),
    diagnostics: &mut Diagnostics,
) -> Vec<T> {
    let mut items = Vec::new();
    while !input.is_empty() {
        match item(input) {
            Ok(item) => items.push(item),
            Err(error) => {
                diagnostics.push(error);
                skip_to_comma(input);
            }
        }
        if input.parse::<Token![,]>().is_err() && !input.is_empty() {
            let rest = skip_to_comma(input);
            diagnostics.report(rest, fault, help);
            // At a comma or at the end: the comma is taken, so that each turn goes on.
            let _ = input.parse::<Token![,]>();
        }
    }
    items
}

/// Moves to the next comma, or to the end, and returns what was passed.
fn skip_to_comma(input: ParseStream<'_>) -> TokenStream {
    let mut skipped = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        match input.parse::<TokenTree>() {
            Ok(token) => token.to_tokens(&mut skipped),
            Err(_) => break,
        }
    }
    skipped
}

fn tokens_between(start: Cursor<'_>, end: Cursor<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut cursor = start;
    while cursor != end {
        let Some((token, rest)) = cursor.token_tree() else {
            break;
        };
        token.to_tokens(&mut tokens);
        cursor = rest;
    }
    tokens
}

#[cfg(test)]
mod tests {
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
        let all =
            "`quiet`, `restamp`, `name`, `kind`, `field`, `carrier`, `new`, `fields`, `crate`";
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
}
