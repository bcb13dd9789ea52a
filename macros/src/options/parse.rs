//! Reads options as their table describes them, and says what is wrong with the others.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::buffer::Cursor;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Ident, Lit, LitStr, Path, Token, Visibility, token};

use super::list::{skip_to_comma, tokens_between};
use super::{Given, Kind, Options, Spec, Table, Value};
use crate::diag::{self, Diagnostics};
use crate::item::idents_in;
use crate::paths;

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
                "name what the span is linked to: `links = context`; work in `task::detach` is linked to this span by itself"
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
            Kind::Ratio => parse_ratio(input).map(Value::Ratio),
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
            Kind::Ratio => "takes a number from 0 to 1",
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

/// A literal that is a number from 0 to 1.
fn parse_ratio(input: ParseStream<'_>) -> syn::Result<f64> {
    let literal: Lit = input.parse()?;
    let number = match &literal {
        Lit::Float(number) if matches!(number.suffix(), "" | "f64") => number.base10_parse(),
        Lit::Int(number) if number.suffix().is_empty() => number.base10_parse(),
        _ => Err(Error::new_spanned(&literal, "no number")),
    };
    number.and_then(|ratio| match ratio {
        0.0..=1.0 => Ok(ratio),
        _ => Err(Error::new_spanned(&literal, "out of range")),
    })
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
