//! The fields that are recorded when the span opens, and how a value is recorded.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Emit, OpeningField};
use crate::span::args::{Field, Sigil};
use crate::span::plan::ExportedName;

impl Emit {
    /// The fields of the user, then those that the conventions add.
    pub(super) fn opening_fields(&self) -> Vec<OpeningField> {
        let p = &self.p;
        let mut fields: Vec<_> = self
            .plan
            .fields
            .iter()
            .map(|field| OpeningField {
                key: field.key.name.clone(),
                value: self.value(field),
            })
            .collect();
        let Some(conventions) = self.plan.conventions else {
            return fields;
        };
        for (key, value) in conventions.constant {
            if !fields.iter().any(|field| field.key == *key) {
                fields.push(OpeningField {
                    key: (*key).to_owned(),
                    value: quote!(#p::AttributeValue::Str(#value)),
                });
            }
        }
        for (current, old) in conventions.older {
            let Some(field) = fields.iter().find(|field| field.key == *current) else {
                continue;
            };
            let value = field.value.clone();
            if !fields.iter().any(|field| field.key == *old) {
                fields.push(OpeningField {
                    key: (*old).to_owned(),
                    value: quote!(#p::if_older_rpc_names(|| #value)),
                });
            }
        }
        fields
    }

    /// What is read when the span opens: the fields, and the name if that is none of them.
    pub(super) fn opening_values(&self) -> Vec<TokenStream> {
        let name = match &self.plan.exported_name {
            Some(ExportedName::Value(field)) => Some(self.value(field)),
            Some(ExportedName::Field(_)) | None => None,
        };
        let fields = self.fields.iter().map(|field| field.value.clone());
        fields.chain(name).collect()
    }

    /// The number of the first field that is recorded after the span has opened.
    pub(super) fn first_late(&self) -> usize {
        self.fields.len() + usize::from(self.plan.exported_name.is_some())
    }

    pub(super) fn value(&self, field: &Field) -> TokenStream {
        let p = &self.p;
        let value = &field.value;
        let at = value.span();
        let textual = self
            .plan
            .conventions
            .is_some_and(|conventions| conventions.textual.contains(&field.key.name.as_str()));
        match field.sigil {
            Sigil::Display => quote_spanned!(at=> #p::display(&(#value))),
            Sigil::Debug => quote_spanned!(at=> #p::debug(&(#value))),
            Sigil::None => {
                let value = quote_spanned!(at=> (&&&#p::ValueProbe(&(#value))).relay_value());
                if textual {
                    quote!(#p::as_text(#value))
                } else {
                    value
                }
            }
        }
    }
}
