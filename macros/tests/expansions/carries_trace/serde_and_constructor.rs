#[derive(Clone, Serialize, serde::Deserialize, bon::Builder)]
struct Job {
    id: u64,
    #[cfg(feature = "names")]
    name: String,
    /// The trace that this message belongs to.
    #[serde(
        default = "::tracing_relay::TraceCarrier::none",
        skip_serializing_if = "::tracing_relay::TraceCarrier::is_none"
    )]
    #[builder(default)]
    context: ::tracing_relay::__private::TraceCarrier,
}
#[automatically_derived]
#[allow(deprecated)]
impl ::tracing_relay::__private::CarriesTrace for Job {
    fn extract(&self) -> ::tracing_relay::__private::Extracted {
        <::tracing_relay::__private::TraceCarrier as ::tracing_relay::__private::CarriesTrace>::extract(
            &self.context,
        )
    }
    #[inline]
    fn is_empty_carrier(&self) -> ::core::primitive::bool {
        <::tracing_relay::__private::TraceCarrier as ::tracing_relay::__private::CarriesTrace>::is_empty_carrier(
            &self.context,
        )
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::tracing_relay::__private::CarriesTraceMut for Job {
    fn inject(&mut self, __relay_context: &::tracing_relay::__private::TraceContext) {
        <::tracing_relay::__private::TraceCarrier as ::tracing_relay::__private::CarriesTraceMut>::inject(
            &mut self.context,
            __relay_context,
        )
    }
    fn erase(&mut self) {
        <::tracing_relay::__private::TraceCarrier as ::tracing_relay::__private::CarriesTraceMut>::erase(
            &mut self.context,
        )
    }
}
#[allow(clippy::new_without_default, clippy::too_many_arguments, deprecated)]
impl Job {
    /// A `Job` that belongs to the current trace.
    #[must_use]
    pub fn make(id: u64, #[cfg(feature = "names")] name: String) -> Self {
        Self {
            id,
            #[cfg(feature = "names")]
            name,
            context: ::tracing_relay::__private::TraceCarrier::capture(),
        }
    }
}
