//! The fields that are recorded when the span opens, and how a value is recorded.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Emit, OpeningField};
use crate::span::args::{Field, Sigil};
use crate::span::conventions::{Attribute, Type};
use crate::span::params::Recorded;
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
                value: self.value_if_there(field),
            })
            .collect();
        let conventions = self.plan.conventions;
        let constant = conventions.map(|conventions| conventions.constant);
        for (key, value) in constant.into_iter().flatten() {
            if !self.plan.gives(key) {
                fields.push(OpeningField {
                    key: (*key).to_owned(),
                    value: quote!(#p::AttributeValue::Str(#value)),
                });
            }
        }
        fields
    }

    /// What is read when the span opens, as a slice: the fields, those of the parameters under
    /// `#[fields]`, and the name if that is none of them.
    pub(super) fn opening_values(&self) -> TokenStream {
        let name = match &self.plan.exported_name {
            Some(ExportedName::Value(field)) => Some(self.value(field)),
            Some(ExportedName::Fields(_)) | None => None,
        };
        self.values_with(name, |_| true)
    }

    /// The same for some of the keys; the others are absent. Of types all are read.
    pub(super) fn opening_values_of(&self, is_read: impl Fn(&str) -> bool) -> TokenStream {
        self.values_with(None, is_read)
    }

    fn values_with(
        &self,
        name: Option<TokenStream>,
        is_read: impl Fn(&str) -> bool,
    ) -> TokenStream {
        let p = &self.p;
        let name: Vec<_> = name.into_iter().collect();
        let absent = quote!(#p::AttributeValue::Absent);
        let fields = self.fields.iter().map(|field| {
            if is_read(&field.key) {
                &field.value
            } else {
                &absent
            }
        });
        let params = &self.plan.params.recorded;
        if params.is_empty() {
            return quote!(&[#(#fields,)* #(#name),*]);
        }
        let out = Ident::new("__tracing_relay_out", Span::mixed_site());
        let keys = &self.keys;
        let parts = params
            .iter()
            .enumerate()
            .map(|(index, Recorded { name, ty })| {
                // What the compiler says of the type is what it says of its keys, and is said once.
                let values = quote_spanned!(ty.span()=> <#ty as #p::SpanFields>::values);
                quote!(.and_part(#keys[#index].len(), |#out| #values(&#name, #out)))
            });
        quote! {
            #p::FieldValues::new().and(&[#(#fields),*]) #(#parts)* .and(&[#(#name),*]).as_slice()
        }
    }

    /// The fields as what can be read later, without a question before, where all of them are parameters
    /// of a type that is known.
    pub(super) fn copied_values(&self) -> Option<TokenStream> {
        let plan = &self.plan;
        let named = matches!(plan.exported_name, Some(ExportedName::Value(_)));
        if plan.conventions.is_some() || named || !plan.params.recorded.is_empty() {
            return None;
        }
        let known = |field: &Field| {
            self.is_primitive(field) && plan.params.condition_of(&field.value).is_none()
        };
        if !plan.fields.iter().all(known) {
            return None;
        }
        let values = plan.fields.iter().map(|field| &field.value);
        Some(quote!(&[#(&#values),*]))
    }

    /// Whether anything is read when the span opens.
    pub(super) fn has_opening_values(&self) -> bool {
        let name = &self.plan.exported_name;
        !self.fields.is_empty()
            || !self.plan.params.recorded.is_empty()
            || matches!(name, Some(ExportedName::Value(_)))
    }

    /// The number of fields that are recorded when the span opens, and more.
    pub(super) fn after_opening(&self, more: usize) -> TokenStream {
        let count = &self.count;
        let number = self.fields.len() + more;
        if self.plan.params.recorded.is_empty() {
            quote!(#number)
        } else {
            quote!(const { #count + #number })
        }
    }

    /// The number of a late field.
    pub(super) fn late_number(&self, index: usize) -> TokenStream {
        self.after_opening(usize::from(self.plan.exported_name.is_some()) + index)
    }

    /// The number of the first field that is recorded from the result.
    pub(super) fn first_ending(&self) -> TokenStream {
        self.late_number(self.plan.late.len())
    }

    /// The value of a field, absent where its parameter is.
    fn value_if_there(&self, field: &Field) -> TokenStream {
        let value = self.value(field);
        let Some(condition) = self.plan.params.condition_of(&field.value) else {
            return value;
        };
        let p = &self.p;
        let local = Ident::new("__tracing_relay_value", Span::mixed_site());
        quote! {{
            #[cfg(#condition)]
            let #local = #value;
            #[cfg(not(#condition))]
            let #local = #p::AttributeValue::Absent;
            #local
        }}
    }

    /// How a field is recorded: with conventions, as the type that they give it.
    pub(super) fn value(&self, field: &Field) -> TokenStream {
        let p = &self.p;
        let value = &field.value;
        let exact = field.sigil == Sigil::None;
        let ty = self.type_of(&field.key.name).filter(|_| exact);
        if ty == Some(Type::Int) {
            return quote_spanned!(value.span()=> #p::integer(&(#value)));
        }
        let value = if self.is_primitive(field) {
            quote_spanned!(value.span()=> #p::FieldValue::field_value(&#value))
        } else {
            recorded(p, field.sigil, value)
        };
        match ty {
            Some(Type::Text) => quote!(#p::as_text(#value)),
            _ => value,
        }
    }

    /// The type that the conventions give to a key.
    fn type_of(&self, key: &str) -> Option<Type> {
        self.plan.conventions?;
        Attribute::of(key).map(|attribute| attribute.value)
    }
}

impl Emit {
    /// Whether a probe has to find out how the field is recorded.
    pub(super) fn asks(&self, field: &Field) -> bool {
        field.sigil == Sigil::None && !self.is_primitive(field)
    }

    /// Whether the value is a parameter of a type that is known from how it is written: it is not asked
    /// how it is recorded, which is a good part of what a field costs the compiler.
    fn is_primitive(&self, field: &Field) -> bool {
        let Ok(name) = syn::parse2::<Ident>(field.value.clone()) else {
            return false;
        };
        let param = self.plan.params.binding(&name);
        field.sigil == Sigil::None && param.is_some_and(|param| param.is_plain() && param.primitive)
    }
}

/// The value of an expression as it is recorded.
pub(crate) fn recorded(p: &TokenStream, sigil: Sigil, value: &TokenStream) -> TokenStream {
    let at = value.span();
    match sigil {
        Sigil::Display => quote_spanned!(at=> #p::display(&(#value))),
        Sigil::Debug => quote_spanned!(at=> #p::debug(&(#value))),
        Sigil::None => quote_spanned!(at=> (&&&&#p::ValueProbe(&(#value))).relay_value()),
    }
}
