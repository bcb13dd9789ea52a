fn forever() -> ! {
    static __TRACING_RELAY_SITE: ::tracing_relay::__private::SpanSite = {
        static CALLSITE: ::tracing_relay::__private::DefaultCallsite = ::tracing_relay::__private::DefaultCallsite::new(
            &METADATA,
        );
        static METADATA: ::tracing_relay::__private::Metadata<'static> = ::tracing_relay::__private::Metadata::new(
            "forever",
            ::core::module_path!(),
            ::tracing_relay::__private::Level::INFO,
            ::tracing_relay::__private::Option::Some(::core::file!()),
            ::tracing_relay::__private::Option::Some(::core::line!()),
            ::tracing_relay::__private::Option::Some(::core::module_path!()),
            ::tracing_relay::__private::FieldSet::new(
                &["otel.kind", "trace_id", "span_id", "relay.outcome", "error.type"],
                ::tracing_relay::__private::Identifier(&CALLSITE),
            ),
            ::tracing_relay::__private::MetadataKind::SPAN,
        );
        ::tracing_relay::__private::SpanSite::new(
            &CALLSITE,
            &METADATA,
            ::tracing_relay::__private::Kind::Internal,
            0usize,
        )
    };
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_STRICT"
    );
    const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(
        "TRACING_RELAY_BARE_SPAWN"
    );
    #[allow(clippy::absolute_paths, clippy::used_underscore_binding)]
    let __tracing_relay_span = {
        let __tracing_relay_opening = ::tracing_relay::__private::Opening::starting(
            &__TRACING_RELAY_SITE,
        );
        __tracing_relay_opening.open(&[])
    };
    ::tracing_relay::__private::in_span(
        __tracing_relay_span,
        move || -> ! { { loop {} } },
        |_, _| {},
    )
}
