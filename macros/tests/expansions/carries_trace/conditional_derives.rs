#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "type"))]
struct Event {
    kind: Kind,
    /// The trace that this message belongs to.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "_sentry",
            default = "::tracing_relay::TraceCarrier::none",
            skip_serializing_if = "::tracing_relay::TraceCarrier::is_none",
            with = "::tracing_relay::serde_form::sentry"
        )
    )]
    trace: ::tracing_relay::__private::TraceCarrier,
}
#[automatically_derived]
#[allow(deprecated)]
impl ::tracing_relay::__private::CarriesTrace for Event {
    fn extract(&self) -> ::tracing_relay::__private::Extracted {
        <::tracing_relay::__private::TraceCarrier as ::tracing_relay::__private::CarriesTrace>::extract(
            &self.trace,
        )
    }
    #[inline]
    fn is_empty_carrier(&self) -> ::core::primitive::bool {
        <::tracing_relay::__private::TraceCarrier as ::tracing_relay::__private::CarriesTrace>::is_empty_carrier(
            &self.trace,
        )
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::tracing_relay::__private::CarriesTraceMut for Event {
    fn inject(&mut self, __relay_context: &::tracing_relay::__private::TraceContext) {
        <::tracing_relay::__private::TraceCarrier as ::tracing_relay::__private::CarriesTraceMut>::inject(
            &mut self.trace,
            __relay_context,
        )
    }
    fn erase(&mut self) {
        <::tracing_relay::__private::TraceCarrier as ::tracing_relay::__private::CarriesTraceMut>::erase(
            &mut self.trace,
        )
    }
}
#[cfg(not(feature = "serde"))]
const _: () = {
    #[allow(
        clippy::multiple_bound_locations,
        clippy::needless_lifetimes,
        dead_code,
        deprecated,
        single_use_lifetimes
    )]
    fn __relay_check(_: &Event) {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::NotSerialize as _;
        ::tracing_relay::__private::derives_see_the_carrier(
            ::tracing_relay::__private::SerializeProbe::<Event>::NEW.answer(),
        )
    }
};
