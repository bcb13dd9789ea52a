/// A job.
pub(crate) struct Job<'a, T: Clone = u8, const N: usize = 1>
where
    T: Send,
{
    pub(crate) payload: &'a [T; N],
    /// The trace that this message belongs to.
    pub(crate) trace: ::tracing_relay::__private::TraceCarrier,
}
#[automatically_derived]
#[allow(deprecated)]
impl<'a, T: Clone, const N: usize> ::tracing_relay::__private::CarriesTrace
for Job<'a, T, N>
where
    T: Send,
{
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
impl<'a, T: Clone, const N: usize> ::tracing_relay::__private::CarriesTraceMut
for Job<'a, T, N>
where
    T: Send,
{
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
const _: () = {
    #[allow(
        clippy::multiple_bound_locations,
        clippy::needless_lifetimes,
        dead_code,
        deprecated,
        single_use_lifetimes
    )]
    fn __relay_check<
        'a,
        T: Clone + ::tracing_relay::__private::Serialize,
        const N: usize,
    >(_: &Job<'a, T, N>)
    where
        T: Send,
    {
        #[allow(unused_imports)]
        use ::tracing_relay::__private::NotSerialize as _;
        ::tracing_relay::__private::derives_see_the_carrier(
            ::tracing_relay::__private::SerializeProbe::<Job<'a, T, N>>::NEW.answer(),
        )
    }
};
