/// Docs stay.
#[async_trait]
unsafe impl<'a, T: Clone> Service<T> for Threads<'a, T>
where
    T: Send,
{
    #![allow(unused)]
    type Reply = [u8; { 1 + 2 }];
    const LIMIT: usize = { 1 };
    own_methods!();
    own_methods! {
        a
    }
    /// Docs stay here too.
    #[inline]
    #[::tracing_relay::traced(name = "threads.start", level = "debug", err = "message")]
    pub(crate) async fn start(&mut self, #[field] id: u64) -> Result<(), Error> {
        self.begin(id).await
    }
    #[::tracing_relay::traced(name = "threads.match", level = "debug", err = "message")]
    default unsafe fn r#match(&self) -> u8 {
        1
    }
    #[::tracing_relay::traced(name = "threads.forever", level = "debug")]
    fn forever(&self) -> ! {
        loop {}
    }
    #[::tracing_relay::traced(name = "threads.items", level = "debug")]
    fn items(&self) -> impl Stream<Item = u8> {
        stream::empty()
    }
    const fn count(&self) -> usize {
        2
    }
    #[tracing_relay::traced(name = "own")]
    fn has_its_own() {}
    #[request_span]
    fn is_a_handler(request: Request) {}
    #[cfg_attr(feature = "traces", relay_traced(scope = RELAY))]
    fn has_its_own_at_times() {}
}
