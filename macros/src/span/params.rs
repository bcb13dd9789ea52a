//! The parameters of an annotated function.
//!
//! The body runs in a closure or an async block, so that the span sees its result. To keep the drop
//! order of the plain function, each parameter is bound once more inside, in order:
//!
//! ```text
//! async fn f(mut a: A, (b, _): B)          async fn f(a: A, __p1: B) {
//! { body }                                     let (b, _) = __p1;
//!                                     →        run(async move { let mut a = a; let b = b; { body } }).await
//!                                          }
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{FnArg, Ident, Pat, PatIdent, PatType, ReceiverKind, Signature, Token, Type};

use super::args::{self, Field};
use crate::diag::Diagnostics;

/// One parameter, other than `self`.
pub(crate) struct Param {
    /// Its name in the signature.
    pub(crate) name: Ident,
    /// Whether the function owns the value, as far as its type is written out.
    pub(crate) owned: bool,
    /// Whether it is `&mut T`.
    pub(crate) exclusive: bool,
    /// The `let` that takes a pattern apart.
    destructure: Option<TokenStream>,
    /// What is bound once more inside: `mut` if the user wrote it, and the name.
    bindings: Vec<(Option<Token![mut]>, Ident)>,
}

/// The parameters of a function, taken out of its signature.
pub(crate) struct Params {
    pub(crate) list: Vec<Param>,
    /// `self` by value: the body is to take all of it, and not only the fields that it names.
    whole_self: bool,
}

impl Params {
    /// Rewrites the parameters in `sig` to plain names, and reads `#[field]` off them.
    pub(crate) fn take(
        sig: &mut Signature,
        fields: &mut Vec<Field>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut params = Self {
            list: Vec::new(),
            whole_self: false,
        };
        for (index, input) in sig.inputs.iter_mut().enumerate() {
            match input {
                FnArg::Receiver(receiver) => {
                    params.whole_self = match &receiver.kind {
                        ReceiverKind::Reference(..) => false,
                        ReceiverKind::Typed(_, ty) => !matches!(**ty, Type::Reference(_)),
                        _ => true,
                    };
                }
                FnArg::Typed(typed) => {
                    let param = Param::take(index, typed);
                    param.take_field_attributes(typed, fields, diagnostics);
                    params.list.push(param);
                }
            }
        }
        params
    }

    /// The `let`s that take patterns apart, outside.
    pub(crate) fn destructure(&self) -> TokenStream {
        self.list
            .iter()
            .filter_map(|param| param.destructure.as_ref())
            .cloned()
            .collect()
    }

    /// The `let`s inside. Names in `used` are used by the attribute, which counts as a use.
    pub(crate) fn rebind(&self, used: &[Ident]) -> TokenStream {
        let mut tokens = TokenStream::new();
        if self.whole_self {
            // Never a use that a lint could miss: `self` is not linted.
            tokens.extend(quote!(let _ = &self;));
        }
        for (mutability, name) in self.list.iter().flat_map(|param| &param.bindings) {
            tokens.extend(quote! {
                #[allow(clippy::redundant_locals, clippy::used_underscore_binding)]
                let #mutability #name = #name;
            });
            if used.contains(name) {
                tokens.extend(quote!(let _ = &#name;));
            }
        }
        tokens
    }

    /// Makes these parameters mutable in the signature.
    pub(crate) fn make_mutable(sig: &mut Signature, names: &[&Ident]) {
        for input in &mut sig.inputs {
            if let FnArg::Typed(typed) = input
                && let Pat::Ident(pat) = &mut *typed.pat
                && names.contains(&&pat.ident)
            {
                pat.mutability = Some(Token![mut](Span::mixed_site()));
            }
        }
    }

    /// The parameter of this name.
    pub(crate) fn get(&self, name: &Ident) -> Option<&Param> {
        self.list.iter().find(|param| param.name == *name)
    }
}

impl Param {
    /// Whether it is bound to a name, and not taken apart.
    pub(crate) fn is_plain(&self) -> bool {
        self.destructure.is_none()
    }

    fn take(index: usize, typed: &mut PatType) -> Self {
        let owned = !matches!(*typed.ty, Type::Reference(_));
        let exclusive = matches!(&*typed.ty, Type::Reference(ty) if ty.mutability.is_some());
        if let Pat::Ident(PatIdent {
            by_ref: None,
            mutability,
            ident,
            subpat: None,
            ..
        }) = &mut *typed.pat
        {
            return Self {
                name: ident.clone(),
                owned,
                exclusive,
                destructure: None,
                bindings: vec![(mutability.take(), ident.clone())],
            };
        }

        let name = format_ident!("__tracing_relay_p{index}", span = Span::mixed_site());
        let mut pattern = (*typed.pat).clone();
        let mut bindings = Vec::new();
        strip_bindings(&mut pattern, &mut bindings);
        *typed.pat = Pat::Ident(PatIdent {
            attrs: Vec::new(),
            by_ref: None,
            mutability: None,
            ident: name.clone(),
            subpat: None,
        });
        let destructure = if matches!(pattern, Pat::Wild(_)) {
            bindings.push((None, name.clone()));
            None
        } else {
            Some(quote! {
                #[allow(clippy::used_underscore_binding, clippy::toplevel_ref_arg)]
                let #pattern = #name;
            })
        };
        Self {
            name,
            owned,
            exclusive,
            destructure,
            bindings,
        }
    }

    /// `#[field]` on the parameter: an attribute with its value.
    fn take_field_attributes(
        &self,
        typed: &mut PatType,
        fields: &mut Vec<Field>,
        diagnostics: &mut Diagnostics,
    ) {
        typed.attrs.retain(|attribute| {
            if !attribute.path().is_ident("field") {
                return true;
            }
            if self.destructure.is_some() {
                diagnostics.report(
                    attribute,
                    "`#[field]` needs a parameter with a name",
                    "name the value in `fields(key = value)`",
                );
            } else if let Some(field) =
                diagnostics.ok(args::parse_field_attribute(attribute, &self.name))
            {
                fields.push(field);
            }
            false
        });
    }
}

/// Collects what a pattern binds, and takes `mut` from what it binds by value: the inner binding has
/// it.
fn strip_bindings(pattern: &mut Pat, bindings: &mut Vec<(Option<Token![mut]>, Ident)>) {
    match pattern {
        Pat::Ident(binding) => {
            let mutability = if binding.by_ref.is_none() {
                binding.mutability.take()
            } else {
                None
            };
            bindings.push((mutability, binding.ident.clone()));
            if let Some((_, inner)) = &mut binding.subpat {
                strip_bindings(inner, bindings);
            }
        }
        Pat::Paren(inner) => strip_bindings(&mut inner.pat, bindings),
        Pat::Reference(inner) => strip_bindings(&mut inner.pat, bindings),
        Pat::Type(inner) => strip_bindings(&mut inner.pat, bindings),
        Pat::Slice(inner) => strip_all(&mut inner.elems, bindings),
        Pat::Tuple(inner) => strip_all(&mut inner.elems, bindings),
        Pat::TupleStruct(inner) => strip_all(&mut inner.elems, bindings),
        Pat::Struct(inner) => strip_all(
            inner.fields.iter_mut().map(|field| &mut *field.pat),
            bindings,
        ),
        _ => {}
    }
}

fn strip_all<'a>(
    patterns: impl IntoIterator<Item = &'a mut Pat>,
    bindings: &mut Vec<(Option<Token![mut]>, Ident)>,
) {
    for pattern in patterns {
        strip_bindings(pattern, bindings);
    }
}

/// The identifiers in some tokens, at any depth.
pub(crate) fn idents_in(tokens: impl ToTokens) -> Vec<Ident> {
    let mut found = Vec::new();
    let mut todo = vec![tokens.into_token_stream()];
    while let Some(tokens) = todo.pop() {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Ident(ident) => found.push(ident),
                proc_macro2::TokenTree::Group(group) => todo.push(group.stream()),
                _ => {}
            }
        }
    }
    found
}
