//! The options of `#[tracing_relay::test]`: the table of names, their values, and the calls on the
//! pipeline that they stand for.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Error, Expr, ExprLit, Lit, LitInt, Path, Token};

use super::{Errors, error_at};

/// Every option with an example of its use, for messages.
const OPTIONS: &[(&str, &str)] = &[
    ("flavor", r#"flavor = "multi_thread""#),
    ("worker_threads", "worker_threads = 2"),
    ("ids", r#"ids = "sequential""#),
    ("sampling", r#"sampling = "parent""#),
    ("level", r#"level = "info""#),
    ("logs", "logs = true"),
    ("pipeline", "pipeline = Pipeline::new().behind_reload()"),
    ("crate", "crate = my_crate::tracing_relay"),
];

/// The workers of a multi-thread runtime: enough to see whether tasks share what they should not.
const DEFAULT_WORKERS: usize = 2;

/// The options as they were checked.
#[derive(Default)]
pub(super) struct Options {
    /// The first option that needs a runtime.
    pub(super) runtime: Option<Ident>,
    /// The path of the runtime crate.
    pub(super) runtime_crate: Option<Path>,
    multi_thread: bool,
    worker_threads: Option<LitInt>,
    base: Option<Expr>,
    sequential_ids: bool,
    sampling: Option<Ident>,
    level: Option<Ident>,
    logs: bool,
}

impl Options {
    pub(super) fn parse(arguments: TokenStream) -> Result<Self, Error> {
        Self::parse_list.parse2(arguments)
    }

    /// Reads option after option. A faulty one is skipped up to its comma, so that all are
    /// reported at once.
    fn parse_list(input: ParseStream<'_>) -> Result<Self, Error> {
        let mut options = Self::default();
        let mut errors = Errors::default();
        let mut seen: Vec<Ident> = Vec::new();
        while !input.is_empty() {
            if let Some(name) = errors.keep(options.parse_one(input)) {
                if seen.contains(&name) {
                    errors.push(error_at(
                        &name,
                        format_args!("`{name}` is given a second time"),
                        "keep one of them",
                    ));
                }
                if !input.is_empty() && !input.peek(Token![,]) {
                    errors.push(input.error(
                        "a comma is missing after the option\nhelp: separate options by `,`",
                    ));
                }
                seen.push(name);
            }
            while !input.is_empty() && !input.peek(Token![,]) {
                input.parse::<TokenTree>()?;
            }
            input.parse::<Option<Token![,]>>()?;
        }
        if let (Some(count), false) = (&options.worker_threads, options.multi_thread) {
            errors.push(error_at(
                count,
                "`worker_threads` is for the multi-thread runtime",
                r#"add `flavor = "multi_thread"`"#,
            ));
        }
        errors.into_result(options)
    }

    fn parse_one(&mut self, input: ParseStream<'_>) -> Result<Ident, Error> {
        if !input.peek(Ident::peek_any) {
            let token = input.parse::<TokenTree>()?;
            return Err(error_at(token, "an option starts with its name", allowed()));
        }
        let name = input.call(Ident::parse_any)?;
        let text = name.to_string();
        let Some((_, example)) = OPTIONS.iter().find(|(option, _)| *option == text) else {
            return Err(unknown(&name, &text));
        };
        let assigned = input.parse::<Option<Token![=]>>()?.is_some();
        if !assigned || input.is_empty() || input.peek(Token![,]) {
            return Err(error_at(
                &name,
                format_args!("`{name}` needs a value"),
                format_args!("write `{example}`"),
            ));
        }
        let value: Expr = input.parse()?;
        self.set(&name, &text, value)?;
        Ok(name)
    }

    fn set(&mut self, name: &Ident, text: &str, value: Expr) -> Result<(), Error> {
        match text {
            "flavor" => {
                let flavor = one_of(name, &value, &["current_thread", "multi_thread"])?;
                self.multi_thread = flavor == "multi_thread";
                self.runtime.get_or_insert_with(|| name.clone());
            }
            "worker_threads" => {
                self.worker_threads = Some(positive(name, &value)?);
                self.runtime.get_or_insert_with(|| name.clone());
            }
            "ids" => {
                self.sequential_ids =
                    one_of(name, &value, &["random", "sequential"])? == "sequential";
            }
            "sampling" => {
                let sampling = one_of(name, &value, &["always", "never", "parent"])?;
                self.sampling = Some(capitalised(sampling));
            }
            "level" => {
                let level = one_of(
                    name,
                    &value,
                    &["trace", "debug", "info", "warn", "error", "off"],
                )?;
                self.level = Some(format_ident!("{}", level.to_uppercase()));
            }
            "logs" => self.logs = boolean(name, &value)?,
            "pipeline" => self.base = Some(value),
            _ => self.runtime_crate = Some(path(name, value)?),
        }
        Ok(())
    }

    /// The expression that builds the pipeline; `runtime` is the path of the runtime crate.
    pub(super) fn pipeline(&self, runtime: &TokenStream) -> TokenStream {
        let base = self.base.as_ref().map_or_else(
            || quote!(#runtime::testing::Pipeline::new()),
            |base| quote!((#base)),
        );
        let workers = self.multi_thread.then(|| {
            let count = self
                .worker_threads
                .clone()
                .unwrap_or_else(|| LitInt::new(&DEFAULT_WORKERS.to_string(), Span::call_site()));
            quote!(.worker_threads(#count))
        });
        let ids = self.sequential_ids.then(|| quote!(.sequential_ids()));
        let sampling = self
            .sampling
            .as_ref()
            .map(|sampling| quote!(.sampling(#runtime::testing::Sampling::#sampling)));
        let level = self
            .level
            .as_ref()
            .map(|level| quote!(.level(#runtime::testing::LevelFilter::#level)));
        let logs = self.logs.then(|| quote!(.capture_logs()));
        quote!(#base #workers #ids #sampling #level #logs)
    }
}

fn capitalised(word: &str) -> Ident {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    format_ident!("{}", first.into_iter().chain(letters).collect::<String>())
}

/// A string out of a list.
fn one_of<'a>(name: &Ident, value: &Expr, accepted: &[&'a str]) -> Result<&'a str, Error> {
    let text = match literal(value) {
        Some(Lit::Str(text)) => Some(text.value()),
        _ => None,
    };
    let found = accepted.iter().find(|word| Some(**word) == text.as_deref());
    found.copied().ok_or_else(|| {
        let fault = match &text {
            Some(text) => format!("`{name}` cannot be {text:?}"),
            None => format!("`{name}` takes a string"),
        };
        let accepted: Vec<_> = accepted
            .iter()
            .map(|word| format!(r#"`{name} = "{word}"`"#))
            .collect();
        error_at(
            value,
            fault,
            format_args!("write {}", alternatives(&accepted)),
        )
    })
}

fn positive(name: &Ident, value: &Expr) -> Result<LitInt, Error> {
    match literal(value) {
        Some(Lit::Int(count)) if count.base10_parse::<usize>().is_ok_and(|count| count > 0) => {
            Ok(count.clone())
        }
        _ => Err(error_at(
            value,
            format_args!("`{name}` takes a number of threads, 1 or more"),
            format_args!("write `{name} = {DEFAULT_WORKERS}`"),
        )),
    }
}

fn boolean(name: &Ident, value: &Expr) -> Result<bool, Error> {
    match literal(value) {
        Some(Lit::Bool(value)) => Ok(value.value),
        _ => Err(error_at(
            value,
            format_args!("`{name}` takes `true` or `false`"),
            format_args!("write `{name} = true`"),
        )),
    }
}

fn path(name: &Ident, value: Expr) -> Result<Path, Error> {
    match value {
        Expr::Path(value) if value.qself.is_none() => Ok(value.path),
        other => Err(error_at(
            other,
            format_args!("`{name}` takes the path of the crate `tracing_relay`"),
            format_args!("write `{name} = my_crate::tracing_relay`, without quotes"),
        )),
    }
}

fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        _ => None,
    }
}

fn unknown(name: &Ident, text: &str) -> Error {
    let nearest = OPTIONS
        .iter()
        .map(|(option, _)| (distance(option, text), *option))
        .min()
        .filter(|(distance, option)| *distance <= option.len() / 3);
    let suggestion = nearest.map(|(_, option)| format!("did you mean `{option}`? "));
    error_at(
        name,
        format_args!("unknown option `{name}` of `#[tracing_relay::test]`"),
        format_args!("{}{}", suggestion.unwrap_or_default(), allowed()),
    )
}

fn allowed() -> String {
    let names: Vec<_> = OPTIONS
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    format!("the options are {}", names.join(", "))
}

/// `a`, `b` or `c`.
fn alternatives(words: &[String]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        words => words.concat(),
    }
}

/// The number of letters to insert, remove or replace to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut next = vec![line + 1];
        for ((above_left, above), candidate) in
            row.iter().zip(row.iter().skip(1)).zip(other.chars())
        {
            let left = next.last().copied().unwrap_or_default();
            let replaced = above_left + usize::from(letter != candidate);
            next.push(replaced.min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
