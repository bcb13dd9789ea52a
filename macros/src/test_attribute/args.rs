//! The options of `#[tracing_relay::test]`, and the calls on the pipeline that they stand for.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, Ident, Lit};

use crate::diag::Diagnostics;
use crate::options::{Kind, Options, Spec, Table};

/// The workers of a multi-thread runtime: enough to see whether tasks share what they should not.
const DEFAULT_WORKERS: usize = 2;

const WORKER_THREADS: Spec = Spec {
    name: "worker_threads",
    kind: Kind::Expr,
    usage: "worker_threads = 4",
    doc: "the workers of the multi-thread runtime; default: 2",
};

pub(crate) static TEST: Table = Table {
    attribute: "#[tracing_relay::test]",
    options: &[
        Spec {
            name: "flavor",
            kind: Kind::OneOf(&["current_thread", "multi_thread"]),
            usage: "flavor = \"multi_thread\"",
            doc: "the runtime of an async test: `\"current_thread\"`, the default, or `\"multi_thread\"`",
        },
        WORKER_THREADS,
        Spec {
            name: "ids",
            kind: Kind::OneOf(&["random", "sequential"]),
            usage: "ids = \"sequential\"",
            doc: "trace ids and span ids count up from 1; default: `\"random\"`",
        },
        Spec {
            name: "sampling",
            kind: Kind::OneOf(&["always", "never", "parent"]),
            usage: "sampling = \"parent\"",
            doc: "which spans are [sampled](testing::Sampling): `\"always\"`, the default, `\"never\"` or `\"parent\"`",
        },
        Spec {
            name: "level",
            kind: Kind::OneOf(&["trace", "debug", "info", "warn", "error", "off"]),
            usage: "level = \"info\"",
            doc: "the level above which nothing is enabled, `\"off\"` for nothing at all; default: `\"trace\"`",
        },
        Spec {
            name: "logs",
            kind: Kind::Bool,
            usage: "logs = true",
            doc: "whether log lines are kept for [`Traces::logs`](testing::Traces::logs); default: `false`",
        },
        Spec {
            name: "pipeline",
            kind: Kind::Expr,
            usage: "pipeline = Pipeline::new().behind_reload()",
            doc: "the [`Pipeline`](testing::Pipeline) to begin with, to which the other options are added; default: `Pipeline::new()`",
        },
        Spec {
            name: "crate",
            kind: Kind::CratePath,
            usage: "crate = ::tracing_relay",
            doc: "where the runtime is found, if it was renamed or re-exported",
        },
    ],
};

/// Reports what the options need of one another and of the function.
pub(super) fn check(options: &Options, is_async: bool, diagnostics: &mut Diagnostics) {
    let of_runtime = ["flavor", "worker_threads"];
    if !is_async && let Some(given) = of_runtime.iter().find_map(|name| options.get(name)) {
        diagnostics.report(
            &given.tokens,
            &format!(
                "`{}` is for async tests: this one has no runtime",
                given.name
            ),
            "write `async fn`, or remove the option",
        );
    }
    let Some(count) = options.expr("worker_threads") else {
        return;
    };
    if is_async && !is_multi_thread(options) {
        diagnostics.report(
            count,
            "`worker_threads` is for the multi-thread runtime",
            "add `flavor = \"multi_thread\"`",
        );
    }
    if !may_be_a_count(count) {
        diagnostics.report(
            count,
            "`worker_threads` takes a number of threads, 1 or more",
            &format!("write `{}`", WORKER_THREADS.usage),
        );
    }
}

fn is_multi_thread(options: &Options) -> bool {
    let flavor = options.str("flavor");
    flavor.is_some_and(|flavor| flavor.value() == "multi_thread")
}

/// Whether it is a literal above 0, or an expression, for which only the compiler can say.
fn may_be_a_count(count: &Expr) -> bool {
    match count {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(count) => count.base10_parse::<usize>().is_ok_and(|count| count > 0),
            _ => false,
        },
        _ => true,
    }
}

/// The expression that builds the pipeline.
pub(super) fn pipeline(options: &Options) -> TokenStream {
    let runtime = options.runtime();
    let base = options.expr("pipeline").map_or_else(
        || quote!(#runtime::testing::Pipeline::new()),
        |base| quote!((#base)),
    );
    let workers = is_multi_thread(options).then(|| {
        let count = options
            .expr("worker_threads")
            .map(ToTokens::to_token_stream);
        let count =
            count.unwrap_or_else(|| Literal::usize_unsuffixed(DEFAULT_WORKERS).to_token_stream());
        quote!(.worker_threads(#count))
    });
    let sequential = options
        .str("ids")
        .is_some_and(|ids| ids.value() == "sequential");
    let ids = sequential.then(|| quote!(.sequential_ids()));
    let sampling = options.str("sampling").map(|sampling| {
        let sampling = capitalised(&sampling.value());
        quote!(.sampling(#runtime::testing::Sampling::#sampling))
    });
    let level = options.str("level").map(|level| {
        let level = format_ident!("{}", level.value().to_uppercase());
        quote!(.level(#runtime::testing::LevelFilter::#level))
    });
    let logs = options.bool("logs").unwrap_or_default();
    let logs = logs.then(|| quote!(.capture_logs()));
    quote!(#base #workers #ids #sampling #level #logs)
}

fn capitalised(word: &str) -> Ident {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    format_ident!("{}", first.into_iter().chain(letters).collect::<String>())
}
