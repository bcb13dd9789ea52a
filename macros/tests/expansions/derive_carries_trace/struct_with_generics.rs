#[automatically_derived]
#[allow(deprecated)]
impl<'a, T: Clone, const N: usize> ::tracing_relay::__private::CarriesTrace
for Job<'a, T, N>
where
    T: Send,
{
    fn extract(&self) -> ::tracing_relay::__private::Extracted {
        <TraceCarrier as ::tracing_relay::__private::CarriesTrace>::extract(&self.trace)
    }
    #[inline]
    fn is_empty_carrier(&self) -> ::core::primitive::bool {
        <TraceCarrier as ::tracing_relay::__private::CarriesTrace>::is_empty_carrier(
            &self.trace,
        )
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl<'a, T: Clone, const N: usize> ::tracing_relay::__private::CarriesTraceMut
for Job<'a, T, N>
where
    T: Send,
{
    fn inject(&mut self, __relay_context: &::tracing_relay::__private::TraceContext) {
        <TraceCarrier as ::tracing_relay::__private::CarriesTraceMut>::inject(
            &mut self.trace,
            __relay_context,
        )
    }
    fn erase(&mut self) {
        <TraceCarrier as ::tracing_relay::__private::CarriesTraceMut>::erase(
            &mut self.trace,
        )
    }
}
