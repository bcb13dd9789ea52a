impl Threads {
    fn count(&self) {}
    #[track_caller]
    fn start(&self) {}
    const fn limit() {}
}
::core::compile_error! {
    "`kind` is an option of `#[traced]` on one function, not on a block\nhelp: write `#[traced(kind = \"consumer\")]` on the method"
}
::core::compile_error! {
    "the dot after a prefix comes by itself\nhelp: write `prefix = \"threads\"`"
}
::core::compile_error! {
    "the body runs in a closure, which does not know the caller\nhelp: remove `#[track_caller]`, or write `#[traced(skip)]` on it"
}
::core::compile_error! {
    "a `const fn` cannot have a span\nhelp: remove `const`, or write `#[traced(skip)]` on it"
}
