//! The derives below the attribute: it sees those and only those, and what it adds to the field
//! depends on them.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token, parse_quote};

/// When something is derived: always, under a condition of `cfg_attr`, or not at all.
#[derive(Clone, Default)]
pub(crate) struct When {
    always: bool,
    conditions: Vec<Meta>,
}

impl When {
    /// Derived whatever the configuration is.
    pub(crate) fn always() -> Self {
        Self {
            always: true,
            conditions: Vec::new(),
        }
    }

    /// Whether it is derived in every configuration.
    pub(crate) fn is_always(&self) -> bool {
        self.always
    }

    /// Not derived in any configuration.
    pub(crate) fn is_never(&self) -> bool {
        !self.always && self.conditions.is_empty()
    }

    /// Derived if one of the two is.
    pub(crate) fn or(mut self, other: Self) -> Self {
        self.always |= other.always;
        self.conditions.extend(other.conditions);
        self
    }

    /// An attribute that is there when the derive is.
    pub(crate) fn attribute(&self, meta: &TokenStream) -> TokenStream {
        let condition = self.condition();
        match (self.always, &condition) {
            (true, _) => quote!(#[#meta]),
            (false, None) => TokenStream::new(),
            (false, Some(condition)) => quote!(#[cfg_attr(#condition, #meta)]),
        }
    }

    /// The `#[cfg]` of an item that is there when the derive is; nothing if it always is.
    pub(crate) fn cfg(&self) -> Option<TokenStream> {
        let condition = self.condition().filter(|_| !self.always)?;
        Some(quote!(#[cfg(#condition)]))
    }

    /// The `#[cfg]` of an item that is there when the derive is not.
    pub(crate) fn cfg_not(&self) -> Option<TokenStream> {
        let condition = self.condition()?;
        Some(quote!(#[cfg(not(#condition))]))
    }

    fn condition(&self) -> Option<TokenStream> {
        match self.conditions.as_slice() {
            [] => None,
            [condition] => Some(condition.to_token_stream()),
            conditions => Some(quote!(any(#(#conditions),*))),
        }
    }
}

/// When a derive whose path ends in one of `names` is there.
pub(crate) fn derived(attrs: &[Attribute], names: &[&str]) -> When {
    let mut when = When::default();
    for attr in attrs {
        for (condition, meta) in flatten(&attr.meta) {
            if derive_list(&meta).iter().any(|path| ends_in(path, names)) {
                match condition {
                    Some(condition) => when.conditions.push(condition),
                    None => when.always = true,
                }
            }
        }
    }
    when
}

/// Takes a derive out of the attributes, wherever it stands, and leaves the others.
pub(crate) fn remove(attrs: &mut Vec<Attribute>, name: &str) {
    let mut rest = Vec::with_capacity(attrs.len());
    for attr in attrs.drain(..) {
        let parts = flatten(&attr.meta);
        if !parts
            .iter()
            .any(|(_, meta)| derive_list(meta).iter().any(|path| ends_in(path, &[name])))
        {
            rest.push(attr);
            continue;
        }
        for (condition, meta) in parts {
            let mut list = derive_list(&meta);
            let meta = if list.is_empty() {
                meta.into_token_stream()
            } else {
                list.retain(|path| !ends_in(path, &[name]));
                if list.is_empty() {
                    continue;
                }
                let derive = meta.path();
                quote!(#derive(#(#list),*))
            };
            rest.push(match condition {
                Some(condition) => parse_quote!(#[cfg_attr(#condition, #meta)]),
                None => parse_quote!(#[#meta]),
            });
        }
    }
    *attrs = rest;
}

/// The attribute itself, or what a `cfg_attr` holds, with its condition.
fn flatten(meta: &Meta) -> Vec<(Option<Meta>, Meta)> {
    if !meta.path().is_ident("cfg_attr") {
        return vec![(None, meta.clone())];
    }
    let Some(mut parts) = list_of::<Meta>(meta) else {
        return vec![(None, meta.clone())];
    };
    if parts.is_empty() {
        return vec![(None, meta.clone())];
    }
    let condition = parts.remove(0);
    parts
        .into_iter()
        .map(|meta| (Some(condition.clone()), meta))
        .collect()
}

/// What a `derive` lists, also one that is called by its full path.
fn derive_list(meta: &Meta) -> Vec<Path> {
    if ends_in(meta.path(), &["derive"]) {
        list_of(meta).unwrap_or_default()
    } else {
        Vec::new()
    }
}

fn list_of<T: syn::parse::Parse>(meta: &Meta) -> Option<Vec<T>> {
    let list = meta.require_list().ok()?;
    let parts = list
        .parse_args_with(Punctuated::<T, Token![,]>::parse_terminated)
        .ok()?;
    Some(parts.into_iter().collect())
}

fn ends_in(path: &Path, names: &[&str]) -> bool {
    path.segments
        .last()
        .is_some_and(|segment| names.iter().any(|name| segment.ident == name))
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};
    use syn::{ItemStruct, parse_quote};

    use super::{derived, remove};

    #[test]
    fn derives_are_found_by_their_last_segment_and_with_their_condition() {
        let item: ItemStruct = parse_quote! {
            #[derive(Clone, serde::Serialize)]
            #[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(tag = "t"))]
            #[cfg_attr(test, derive(Deserialize))]
            struct S;
        };
        assert_eq!(
            derived(&item.attrs, &["Serialize"])
                .attribute(&quote!(x))
                .to_string(),
            "# [x]"
        );
        assert_eq!(
            derived(&item.attrs, &["Deserialize"])
                .attribute(&quote!(x))
                .to_string(),
            "# [cfg_attr (any (feature = \"serde\" , test) , x)]"
        );
        assert!(derived(&item.attrs, &["Default"]).is_never());
    }

    #[test]
    fn one_derive_is_removed_and_the_others_stay() {
        let mut item: ItemStruct = parse_quote! {
            #[derive(Default)]
            #[derive(Clone, Default, Debug)]
            #[cfg_attr(test, derive(Default), serde(default))]
            #[doc = "d"]
            struct S;
        };
        remove(&mut item.attrs, "Default");
        let expected = quote! {
            #[derive(Clone, Debug)]
            #[cfg_attr(test, serde(default))]
            #[doc = "d"]
            struct S;
        };
        assert_eq!(item.to_token_stream().to_string(), expected.to_string());
    }
}
