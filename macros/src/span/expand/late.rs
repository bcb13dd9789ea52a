//! The handles of late fields, in scope of the body under the names that the user gave.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Emit, at};
use crate::span::args::Sigil;

impl Emit {
    /// The local with the late fields of the call, if there are any.
    pub(super) fn late_local(&self) -> Option<&Ident> {
        (!self.plan.late.is_empty()).then_some(&self.late)
    }

    /// `let turn_id = LateFields::field::<str>(&late, …);` for each.
    pub(super) fn late_handles(&self) -> TokenStream {
        let Self { p, late, .. } = self;
        let value = Ident::new("__tracing_relay_value", Span::mixed_site());
        let imports = self.imports(&["Recorded", "Unrecordable"]);
        let handles = self.plan.late.iter().enumerate().map(|(index, field)| {
            let (name, ty) = (&field.name, &field.ty);
            let number = self.late_number(index);
            let handle = match field.sigil {
                Sigil::Display => quote!(displayed::<#ty>(&#late, #number)),
                Sigil::Debug => quote!(debugged::<#ty>(&#late, #number)),
                Sigil::None => {
                    // Located at the type, for what the compiler has to say about it.
                    let recorded = at(ty.span(), &[], self.value(&field.of_value(&value)));
                    let recorded = quote_spanned!(ty.span()=> { #imports #recorded });
                    quote!(field::<#ty>(&#late, #number, |#value| #recorded))
                }
            };
            quote! {
                #[allow(clippy::absolute_paths)]
                let #name = #p::LateFields::#handle;
            }
        });
        handles.collect()
    }
}
