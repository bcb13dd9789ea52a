#[derive(Serialize)]
struct Template<T> {
    body: T,
    /// The trace that this message belongs to.
    #[serde(with = "::tracing_relay::serde_form::fixed")]
    trace: ::tracing_relay::__private::TraceCarrier,
}
#[automatically_derived]
#[allow(deprecated)]
impl<T> ::tracing_relay::__private::CarriesTrace for Template<T> {
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
impl<T> ::tracing_relay::__private::CarriesTraceMut for Template<T> {
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
#[automatically_derived]
#[allow(clippy::multiple_bound_locations, deprecated)]
impl<T: ::tracing_relay::__private::Default> ::tracing_relay::__private::Default
for Template<T> {
    fn default() -> Self {
        Self {
            body: <T as ::tracing_relay::__private::Default>::default(),
            trace: ::tracing_relay::__private::TraceCarrier::none(),
        }
    }
}
