const fn handle(request: Request) -> u8 {
    request.number
}
::core::compile_error! {
    "`#[request_span]` has no option `nmae`\nhelp: did you mean `name`? its options are `name`, `otel_name`, `kind`, `carrier`, `restamp`, `trust`, `links`, `session`, `sample`, `fields`, `on_ok`, `on_err`, `late`, `err`, `conventions`, `metrics`, `level`, `target`, `log_ids`, `strict`, `crate`"
}
::core::compile_error! {
    "a `const fn` cannot have a span\nhelp: remove `const`, or `#[request_span]`"
}
::core::compile_error! {
    "the field `id` is given twice\nhelp: keep one of the two: a key is exported once"
}
