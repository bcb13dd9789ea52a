//! The options of all attributes: each attribute declares a table, and from that table come the
//! parser, the messages about what is wrong, and the check that the documentation is complete.
//!
//! Options are written `name`, `name = value` or `name(…)` and are separated by commas. A mistake in
//! one is reported and the rest is still read.

mod list;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::{Expr, Ident, LitBool, LitStr, Path, Visibility};

use crate::paths;

pub(crate) use list::parse_list;

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
    /// `= 0.1`: a number from 0 to 1.
    Ratio,
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
    Ratio(f64),
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

    /// The value of a `Ratio` option.
    pub(crate) fn ratio(&self, name: &str) -> Option<f64> {
        match self.get(name)?.value {
            Value::Ratio(ratio) => Some(ratio),
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
