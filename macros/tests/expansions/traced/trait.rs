pub trait Step: Send {
    type Output;
    const NAME: &'static str;
    fn run(&self) -> Self::Output;
    #[crate::relay::traced(crate = crate::relay)]
    async fn run_twice(&self) -> (Self::Output, Self::Output) {
        (self.run(), self.run())
    }
}
