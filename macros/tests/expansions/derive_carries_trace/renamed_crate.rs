#[automatically_derived]
#[allow(deprecated)]
impl ::renamed::__private::CarriesTrace for Envelope {
    fn extract(&self) -> ::renamed::__private::Extracted {
        <Inner as ::renamed::__private::CarriesTrace>::extract(&self.0)
    }
    #[inline]
    fn is_empty_carrier(&self) -> ::core::primitive::bool {
        <Inner as ::renamed::__private::CarriesTrace>::is_empty_carrier(&self.0)
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::renamed::__private::CarriesTraceMut for Envelope
where
    for<'__relay> Inner: ::renamed::__private::CarrierCanBeWritten<'__relay>,
{
    fn inject(&mut self, __relay_context: &::renamed::__private::TraceContext) {
        <Inner as ::renamed::__private::CarriesTraceMut>::inject(
            &mut self.0,
            __relay_context,
        )
    }
    fn erase(&mut self) {
        <Inner as ::renamed::__private::CarriesTraceMut>::erase(&mut self.0)
    }
}
