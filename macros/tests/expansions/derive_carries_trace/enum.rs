#[automatically_derived]
#[allow(deprecated)]
impl<T> ::tracing_relay::__private::CarriesTrace for Op<T>
where
    T: ::tracing_relay::__private::CarriesTrace,
{
    fn extract(&self) -> ::tracing_relay::__private::Extracted {
        match self {
            Self::Start { r#trace: __relay_carrier, .. } => {
                <TraceCarrier as ::tracing_relay::__private::CarriesTrace>::extract(
                    __relay_carrier,
                )
            }
            Self::Nested { 1: __relay_carrier, .. } => {
                <T as ::tracing_relay::__private::CarriesTrace>::extract(__relay_carrier)
            }
            Self::List { 0: __relay_carrier, .. } => {
                <Box<
                    Op<T>,
                > as ::tracing_relay::__private::CarriesTrace>::extract(__relay_carrier)
            }
            Self::Ping { .. } => ::tracing_relay::__private::Extracted::absent(),
        }
    }
    #[inline]
    fn is_empty_carrier(&self) -> ::core::primitive::bool {
        match self {
            Self::Start { r#trace: __relay_carrier, .. } => {
                <TraceCarrier as ::tracing_relay::__private::CarriesTrace>::is_empty_carrier(
                    __relay_carrier,
                )
            }
            Self::Nested { 1: __relay_carrier, .. } => {
                <T as ::tracing_relay::__private::CarriesTrace>::is_empty_carrier(
                    __relay_carrier,
                )
            }
            Self::List { 0: __relay_carrier, .. } => {
                <Box<
                    Op<T>,
                > as ::tracing_relay::__private::CarriesTrace>::is_empty_carrier(
                    __relay_carrier,
                )
            }
            Self::Ping { .. } => true,
        }
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl<T> ::tracing_relay::__private::CarriesTraceMut for Op<T>
where
    for<'__relay> T: ::tracing_relay::__private::CarrierCanBeWritten<'__relay>,
{
    fn inject(&mut self, __relay_context: &::tracing_relay::__private::TraceContext) {
        match self {
            Self::Start { r#trace: __relay_carrier, .. } => {
                <TraceCarrier as ::tracing_relay::__private::CarriesTraceMut>::inject(
                    __relay_carrier,
                    __relay_context,
                )
            }
            Self::Nested { 1: __relay_carrier, .. } => {
                <T as ::tracing_relay::__private::CarriesTraceMut>::inject(
                    __relay_carrier,
                    __relay_context,
                )
            }
            Self::List { 0: __relay_carrier, .. } => {
                <Box<
                    Op<T>,
                > as ::tracing_relay::__private::CarriesTraceMut>::inject(
                    __relay_carrier,
                    __relay_context,
                )
            }
            Self::Ping { .. } => {}
        }
    }
    fn erase(&mut self) {
        match self {
            Self::Start { r#trace: __relay_carrier, .. } => {
                <TraceCarrier as ::tracing_relay::__private::CarriesTraceMut>::erase(
                    __relay_carrier,
                )
            }
            Self::Nested { 1: __relay_carrier, .. } => {
                <T as ::tracing_relay::__private::CarriesTraceMut>::erase(
                    __relay_carrier,
                )
            }
            Self::List { 0: __relay_carrier, .. } => {
                <Box<
                    Op<T>,
                > as ::tracing_relay::__private::CarriesTraceMut>::erase(__relay_carrier)
            }
            Self::Ping { .. } => {}
        }
    }
}
