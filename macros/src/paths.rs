//! The path under which generated code finds the runtime: `::tracing_relay`, or what
//! `crate = …` says. Nothing else in this crate names the runtime.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Ident, Path, Token};

use crate::diag;

/// The path of the runtime crate.
#[derive(Clone)]
pub(crate) struct RuntimePath(Path);

impl RuntimePath {
    /// The path of the `crate` option, or the default.
    pub(crate) fn new(given: Option<Path>) -> Self {
        Self(given.unwrap_or_else(|| {
            let mut path = Path::from(Ident::new("tracing_relay", Span::mixed_site()));
            path.leading_colon = Some(Token![::](Span::mixed_site()));
            path
        }))
    }

    /// The module with everything that generated code may use.
    pub(crate) fn private(&self) -> TokenStream {
        quote!(#self::__private)
    }
}

impl ToTokens for RuntimePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

/// Refuses a path that means something else in another module: generated code is not always in the
/// module where the option was written.
pub(crate) fn check_crate_path(path: &Path) -> syn::Result<()> {
    let from_root = path
        .segments
        .first()
        .is_some_and(|segment| segment.ident == "crate");
    if path.leading_colon.is_some() || from_root {
        return Ok(());
    }
    let text = path.to_token_stream().to_string().replace(' ', "");
    Err(diag::at(
        path,
        "the `crate` path has to start at a crate",
        &format!(
            "write `crate = ::{text}` for a dependency or `crate = crate::{text}` for a module"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::parse_quote;

    use super::{RuntimePath, check_crate_path};

    #[test]
    fn the_default_is_absolute() {
        let path = RuntimePath::new(None);
        assert_eq!(path.private().to_string(), ":: tracing_relay :: __private");
    }

    #[test]
    fn an_override_replaces_it() {
        let path = RuntimePath::new(Some(parse_quote!(crate::telemetry::relay)));
        assert_eq!(
            path.to_token_stream().to_string(),
            "crate :: telemetry :: relay"
        );
    }

    #[test]
    fn a_relative_path_is_refused() {
        assert!(check_crate_path(&parse_quote!(::relay)).is_ok());
        assert!(check_crate_path(&parse_quote!(crate::relay)).is_ok());
        let error = check_crate_path(&parse_quote!(relay::inner))
            .unwrap_err()
            .to_string();
        assert!(error.contains("`crate = ::relay::inner`"), "{error}");
    }
}
