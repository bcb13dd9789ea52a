//! What is generated for a function whose duration is recorded.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Emit;

impl Emit {
    /// The keys of the metric that the span has. Those of types are not known here.
    fn metric_keys(&self) -> Vec<&'static str> {
        let Some(duration) = self.plan.duration else {
            return Vec::new();
        };
        let of_types = !self.plan.params.recorded.is_empty();
        let opening = self.fields.iter().map(|field| field.key.as_str());
        let late = self.plan.late.iter().map(|field| field.key.name.as_str());
        let ending = self.ending_keys.iter().map(String::as_str);
        let known: Vec<&str> = opening.chain(late).chain(ending).collect();
        duration
            .keys_of(|key| of_types || known.contains(&key))
            .collect()
    }

    /// `.measured(DurationMetric::RpcServer, &["rpc.method"])` of the site.
    pub(super) fn measured_site(&self) -> Option<TokenStream> {
        let p = &self.p;
        let metric = format_ident!("{}", self.plan.duration?.metric);
        let keys = self.metric_keys();
        Some(quote!(.measured(#p::DurationMetric::#metric, &[#(#keys),*])))
    }

    /// `let opening = opening.measured(&SITE);`
    pub(super) fn measured_opening(&self) -> Option<TokenStream> {
        self.plan.duration?;
        let Self { site, opening, .. } = self;
        let fields = self.measured_local();
        let fields = fields.map(|measured| quote!(let #measured = #opening.measured_fields();));
        Some(quote! {
            let #opening = #opening.measured(&#site);
            #fields
        })
    }

    /// The local that takes what the result says, where the metric wants any of it.
    pub(super) fn measured_local(&self) -> Option<&Ident> {
        let keys = self.metric_keys();
        let wanted = |key: &String| keys.contains(&key.as_str());
        self.ending_keys
            .iter()
            .any(wanted)
            .then_some(&self.measured)
    }

    /// The locals of the opening that are used behind it.
    pub(super) fn locals_of_the_opening(&self) -> Vec<&Ident> {
        let late = self.late_local().into_iter();
        late.chain(self.measured_local()).collect()
    }

    /// Where the span is not sampled: `else if opening.is_measured() { read(…the values of the metric…) }`.
    pub(super) fn of_the_metric(&self, read: &TokenStream) -> Option<TokenStream> {
        self.plan.duration?;
        let opening = &self.opening;
        let keys = self.metric_keys();
        let values = self.opening_values_of(|key| keys.contains(&key));
        Some(quote!(else if #opening.is_measured() { #read(#values) }))
    }
}
