//! The parameters of an annotated function.
//!
//! The body runs in a closure or an async block, so that the span sees its result. To keep the drop
//! order of the plain function, each parameter is bound once more inside, in order, and patterns are
//! taken apart there: what a pattern leaves behind is dropped right after what it binds.
//!
//! ```text
//! async fn f(mut a: A, (b, _): B)          async fn f(a: A, __p1: B) {
//! { body }                                     run(async move {
//!                                     →            let mut a = a;
//!                                                  let __p1 = __p1; let (b, _) = __p1;
//!                                                  { body }
//!                                              }).await
//!                                          }
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, FnArg, Ident, Pat, PatIdent, PatType, ReceiverKind, Signature, Token, Type};

use super::args::{self, Field, Key};
use super::shape::peel;
use crate::diag::Diagnostics;

/// One parameter, other than `self`.
pub(crate) struct Param {
    /// Its name in the signature: the user's, or one of ours in place of a pattern.
    pub(crate) name: Ident,
    /// Whether the function owns the value, as far as its type is written out.
    pub(crate) owned: bool,
    /// Whether it is `&mut T`.
    pub(crate) exclusive: bool,
    /// Whether it is a number, `bool` or `str`, or a reference to one.
    pub(crate) primitive: bool,
    /// The `mut` of the user.
    mutability: Option<Token![mut]>,
    pattern: Pattern,
    /// The `#[cfg]`s that decide whether it is there.
    cfgs: Vec<Attribute>,
}

/// What stood in the place of the parameter's name.
enum Pattern {
    Name,
    /// `_`
    Wild,
    /// Any other pattern, with the names that it binds.
    Apart(Box<Pat>, Vec<Ident>),
}

/// A parameter under `#[fields]`.
pub(crate) struct Recorded {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

/// Whether an attribute of a parameter is for us to read.
pub(crate) fn is_ours(attribute: &Attribute) -> bool {
    attribute.path().is_ident("field") || attribute.path().is_ident("fields")
}

/// Removes what is for us to read.
pub(crate) fn strip_attributes(sig: &mut Signature) {
    for input in &mut sig.inputs {
        let attributes = match input {
            FnArg::Receiver(receiver) => &mut receiver.attrs,
            FnArg::Typed(typed) => &mut typed.attrs,
        };
        attributes.retain(|attribute| !is_ours(attribute));
    }
}

/// The parameters of a function, taken out of its signature.
pub(crate) struct Params {
    pub(crate) list: Vec<Param>,
    /// The parameters that say themselves what is recorded: `#[fields]`.
    pub(crate) recorded: Vec<Recorded>,
    /// `self` by value: the body is to take all of it, and not only the fields that it names.
    whole_self: bool,
}

impl Params {
    /// Rewrites the parameters in `sig` to plain names, and reads `#[field]` and `#[fields]` off
    /// them.
    pub(crate) fn take(
        sig: &mut Signature,
        fields: &mut Vec<Field>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut params = Self {
            list: Vec::new(),
            recorded: Vec::new(),
            whole_self: false,
        };
        for (index, input) in sig.inputs.iter_mut().enumerate() {
            match input {
                FnArg::Receiver(receiver) => {
                    receiver.attrs.retain(|attribute| {
                        if is_ours(attribute) {
                            report_field_without_name(attribute, diagnostics);
                        }
                        !is_ours(attribute)
                    });
                    params.whole_self = match &receiver.kind {
                        ReceiverKind::Reference(..) => false,
                        ReceiverKind::Typed(_, ty) => !matches!(**ty, Type::Reference(_)),
                        _ => true,
                    };
                }
                FnArg::Typed(typed) => {
                    let param = Param::take(index, typed);
                    param.take_field_attributes(typed, fields, &mut params.recorded, diagnostics);
                    params.list.push(param);
                }
            }
        }
        params
    }

    /// A unit in place of each parameter that its `#[cfg]` takes out: it carries nothing.
    pub(crate) fn absent(&self) -> TokenStream {
        let absent = |param: &Param| {
            let (name, condition) = (&param.name, param.condition()?);
            Some(quote! {
                #[cfg(not(#condition))]
                #[allow(unused_mut, unused_variables, clippy::let_unit_value)]
                let mut #name = ();
            })
        };
        self.list.iter().filter_map(absent).collect()
    }

    /// The `#[cfg]` of the parameter that is all of this value.
    pub(crate) fn condition_of(&self, value: &TokenStream) -> Option<TokenStream> {
        let name: Ident = syn::parse2(value.clone()).ok()?;
        self.binding(&name)?.condition()
    }

    /// Makes the names inside patterns known outside as references, where an option mentions them.
    pub(crate) fn borrow_patterns(&self, mentioned: &[Ident]) -> TokenStream {
        self.list
            .iter()
            .filter(|param| param.binds().any(|name| mentioned.contains(name)))
            .map(|param| param.borrow(&quote!(&)))
            .collect()
    }

    /// The `let`s inside. Names in `used` are used by the attribute, which counts as a use; those in
    /// `mutated` are mutable, and the user's `mut` of those in `needed` has its reason outside.
    pub(crate) fn rebind(
        &self,
        used: &[Ident],
        mutated: &[Ident],
        needed: &[Ident],
    ) -> TokenStream {
        let mut tokens = TokenStream::new();
        if self.whole_self {
            tokens.extend(quote!(let _ = &self;));
        }
        for param in &self.list {
            let Param {
                name,
                mutability,
                cfgs,
                ..
            } = param;
            // Captured as it is: it has nothing to drop, and all of it or nothing is captured.
            if param.is_copied() && !mutated.contains(name) {
                continue;
            }
            let ours = mutated
                .contains(name)
                .then(|| Token![mut](Span::mixed_site()));
            let mutability = mutability.or(ours);
            let needed = needed.contains(name).then(|| quote!(#[allow(unused_mut)]));
            // Each name here costs the compiler some time, for each parameter of a program.
            let underscored = name.to_string().starts_with('_').then(
                || quote!(, clippy::no_effect_underscore_binding, clippy::used_underscore_binding),
            );
            tokens.extend(quote! {
                #(#cfgs)*
                #needed
                #[allow(clippy::shadow_same #underscored)]
                let #mutability #name = #name;
            });
            if let Pattern::Apart(pattern, _) = &param.pattern {
                tokens.extend(quote! {
                    #(#cfgs)*
                    #[allow(
                        clippy::no_effect_underscore_binding,
                        clippy::shadow_reuse,
                        clippy::shadow_unrelated,
                        clippy::toplevel_ref_arg
                    )]
                    let #pattern = #name;
                });
            }
            for name in param.binds().filter(|name| used.contains(name)) {
                tokens.extend(quote!(#(#cfgs)* let _ = &#name;));
            }
        }
        tokens
    }

    /// Makes these parameters mutable in the signature.
    pub(crate) fn make_mutable(sig: &mut Signature, names: &[Ident]) {
        for input in &mut sig.inputs {
            if let FnArg::Typed(typed) = input
                && let Pat::Ident(pat) = &mut *typed.pat
                && names.contains(&pat.ident)
                && pat.mutability.is_none()
            {
                pat.mutability = Some(Token![mut](Span::mixed_site()));
            }
        }
    }

    /// Puts the `mut`s of the user back.
    pub(crate) fn restore_mutability(&self, sig: &mut Signature) {
        let mut list = self.list.iter();
        for input in &mut sig.inputs {
            if let FnArg::Typed(typed) = input
                && let Some(param) = list.next()
                && let Pat::Ident(pat) = &mut *typed.pat
            {
                pat.mutability = param.mutability;
            }
        }
    }

    /// The parameter that binds this name.
    pub(crate) fn binding(&self, name: &Ident) -> Option<&Param> {
        self.list
            .iter()
            .find(|param| param.binds().any(|bound| bound == name))
    }
}

impl Param {
    /// Whether it is bound to a name, and not taken apart.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.pattern, Pattern::Name)
    }

    /// What decides whether it is there, if something does.
    fn condition(&self) -> Option<TokenStream> {
        let conditions = self.cfgs.iter();
        let conditions = conditions.filter_map(|cfg| cfg.meta.require_list().ok());
        let conditions: Vec<_> = conditions.map(|list| &list.tokens).collect();
        (!conditions.is_empty()).then(|| quote!(all(#(#conditions),*)))
    }

    /// Whether the user made it mutable.
    pub(crate) fn is_mutable(&self) -> bool {
        self.mutability.is_some()
    }

    /// `let pattern = &parameter;`, with every name in it a reference.
    pub(crate) fn borrow(&self, reference: &TokenStream) -> TokenStream {
        let Pattern::Apart(pattern, _) = &self.pattern else {
            return TokenStream::new();
        };
        let mut pattern = (**pattern).clone();
        by_reference(&mut pattern);
        let Self { name, cfgs, .. } = self;
        quote! {
            #(#cfgs)*
            #[allow(unused_variables, clippy::used_underscore_binding)]
            let #pattern = #reference #name;
        }
    }

    /// Whether it is a value that is copied as a whole, and that the body does not change.
    fn is_copied(&self) -> bool {
        let named = matches!(self.pattern, Pattern::Name);
        named && self.primitive && !self.exclusive && self.mutability.is_none()
    }

    /// The names that the user gave.
    fn binds(&self) -> impl Iterator<Item = &Ident> {
        match &self.pattern {
            Pattern::Name => std::slice::from_ref(&self.name),
            Pattern::Wild => &[],
            Pattern::Apart(_, names) => names,
        }
        .iter()
    }

    fn take(index: usize, typed: &mut PatType) -> Self {
        let ty = peel(&typed.ty);
        let owned = !matches!(ty, Type::Reference(_));
        let exclusive = matches!(ty, Type::Reference(ty) if ty.mutability.is_some());
        let primitive = is_primitive(ty);
        let cfgs = typed.attrs.iter();
        let cfgs = cfgs.filter(|attribute| attribute.path().is_ident("cfg"));
        let cfgs = cfgs.cloned().collect();
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
                primitive,
                mutability: mutability.take(),
                pattern: Pattern::Name,
                cfgs,
            };
        }

        let name = format_ident!("__tracing_relay_p{index}", span = Span::mixed_site());
        let plain = Pat::Ident(PatIdent {
            attrs: Vec::new(),
            by_ref: None,
            mutability: None,
            ident: name.clone(),
            subpat: None,
        });
        let pattern = std::mem::replace(&mut *typed.pat, plain);
        let pattern = if matches!(pattern, Pat::Wild(_)) {
            Pattern::Wild
        } else {
            let mut names = Vec::new();
            names_in(&pattern, &mut names);
            Pattern::Apart(Box::new(pattern), names)
        };
        Self {
            name,
            owned,
            exclusive,
            primitive,
            mutability: None,
            pattern,
            cfgs,
        }
    }

    /// `#[field]` on the parameter: an attribute with its value. `#[fields]`: those of its type.
    fn take_field_attributes(
        &self,
        typed: &mut PatType,
        fields: &mut Vec<Field>,
        recorded: &mut Vec<Recorded>,
        diagnostics: &mut Diagnostics,
    ) {
        typed.attrs.retain(|attribute| {
            if !is_ours(attribute) {
                return true;
            }
            if !self.is_plain() {
                report_field_without_name(attribute, diagnostics);
            } else if attribute.path().is_ident("fields") && !self.cfgs.is_empty() {
                diagnostics.report(
                    attribute,
                    "`#[fields]` needs a parameter that is always there: its keys are those of the span",
                    "write the function twice, each under its `#[cfg]`",
                );
            } else if attribute.path().is_ident("fields") {
                if let Some(()) = diagnostics.ok(args::check_fields_attribute(attribute)) {
                    recorded.push(Recorded {
                        name: self.name.clone(),
                        ty: (*typed.ty).clone(),
                    });
                }
            } else if let Some((key, sigil)) =
                diagnostics.ok(args::parse_field_attribute(attribute))
            {
                fields.push(Field {
                    key: key.unwrap_or_else(|| Key::of_ident(&self.name)),
                    ..Field::shorthand(&self.name, sigil)
                });
            }
            false
        });
    }
}

fn report_field_without_name(attribute: &Attribute, diagnostics: &mut Diagnostics) {
    let several = attribute.path().is_ident("fields");
    diagnostics.report(
        attribute,
        if several {
            "`#[fields]` needs a parameter with a name"
        } else {
            "`#[field]` needs a parameter with a name"
        },
        "name the value in `fields(key = value)`",
    );
}

fn is_primitive(ty: &Type) -> bool {
    const PRIMITIVES: [&str; 14] = [
        "bool", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "str", "u128", "u16", "u32",
        "u64", "u8",
    ];
    match peel(ty) {
        Type::Reference(reference) => is_primitive(&reference.elem),
        // Compared to each name, the identifier would be made into text for each.
        Type::Path(path) => path
            .path
            .get_ident()
            .is_some_and(|ident| PRIMITIVES.contains(&ident.to_string().as_str())),
        _ => false,
    }
}

/// The patterns directly inside one.
fn inner(pattern: &mut Pat) -> Vec<&mut Pat> {
    match pattern {
        Pat::Ident(binding) => binding
            .subpat
            .iter_mut()
            .map(|(_, inner)| &mut **inner)
            .collect(),
        Pat::Paren(inner) => vec![&mut *inner.pat],
        Pat::Reference(inner) => vec![&mut *inner.pat],
        Pat::Type(inner) => vec![&mut *inner.pat],
        Pat::Or(inner) => inner.cases.iter_mut().collect(),
        Pat::Slice(inner) => inner.elems.iter_mut().collect(),
        Pat::Tuple(inner) => inner.elems.iter_mut().collect(),
        Pat::TupleStruct(inner) => inner.elems.iter_mut().collect(),
        Pat::Struct(inner) => inner
            .fields
            .iter_mut()
            .map(|field| &mut *field.pat)
            .collect(),
        _ => Vec::new(),
    }
}

/// Collects the names that a pattern binds.
fn names_in(pattern: &Pat, names: &mut Vec<Ident>) {
    let mut pattern = pattern.clone();
    let mut todo = vec![&mut pattern];
    while let Some(pattern) = todo.pop() {
        if let Pat::Ident(binding) = pattern
            && !names.contains(&binding.ident)
        {
            names.push(binding.ident.clone());
        }
        todo.extend(inner(pattern));
    }
}

/// Removes `mut`, `ref` and `&`: matched with a reference, the pattern then binds references only.
fn by_reference(pattern: &mut Pat) {
    while let Pat::Reference(reference) = pattern {
        *pattern = (*reference.pat).clone();
    }
    if let Pat::Ident(binding) = pattern {
        binding.mutability = None;
        binding.by_ref = None;
    }
    for inner in inner(pattern) {
        by_reference(inner);
    }
}
