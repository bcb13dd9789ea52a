//! What settings say.

use otel_provider::{OtelError, OtelExporter, OtelProvider, OtelSettings};

#[test]
fn where_every_exporter_is_none_there_is_no_provider() {
    assert!(
        OtelProvider::from(&OtelSettings::default())
            .unwrap()
            .is_none()
    );
    let settings: OtelSettings =
        toml::from_str("service_name = 'agent'\nexporter = 'none'").unwrap();
    assert!(OtelProvider::from(&settings).unwrap().is_none());
}

#[test]
fn statsig_is_for_metrics_alone() {
    let settings: OtelSettings = toml::from_str("trace_exporter = 'statsig'").unwrap();
    let error = OtelProvider::from(&settings).unwrap_err();
    assert!(
        matches!(
            error,
            OtelError::MetricsAlone {
                setting: "trace_exporter"
            }
        ),
        "{error}"
    );
}

#[test]
fn a_secret_that_is_not_in_the_environment_is_an_error_with_the_name_of_the_variable() {
    let settings: OtelSettings = toml::from_str(
        "[exporter.otlp-grpc]\nendpoint = 'http://localhost:4317'\nheaders = { key = { env = 'NO_SUCH_SECRET' } }",
    )
    .unwrap();
    let error = OtelProvider::from(&settings).unwrap_err().to_string();
    assert!(
        error.contains("`exporter`") && error.contains("`NO_SUCH_SECRET`"),
        "{error}"
    );
}

#[test]
fn a_secret_is_not_shown() {
    let settings: OtelSettings = toml::from_str(
        "[trace_exporter.otlp-http]\nendpoint = 'http://localhost:4318/v1/traces'\nheaders = { key = 'hidden' }",
    )
    .unwrap();
    let shown = format!("{settings:?} {:?}", OtelProvider::from(&settings).unwrap());
    assert!(!shown.contains("hidden"), "{shown}");
}

#[test]
fn an_endpoint_that_is_no_url_is_an_error_with_the_name_of_the_setting() {
    let settings = OtelSettings {
        metrics_exporter: OtelExporter::OtlpHttp {
            endpoint: "collector".into(),
            headers: [].into(),
            protocol: otel_provider::OtelHttpProtocol::Json,
            tls: None,
        },
        ..OtelSettings::default()
    };
    let error = OtelProvider::from(&settings).unwrap_err().to_string();
    assert!(
        error.starts_with("`metrics_exporter` cannot be used"),
        "{error}"
    );
}

#[test]
fn a_client_certificate_without_its_key_is_an_error() {
    let settings: OtelSettings = toml::from_str(
        "[exporter.otlp-http]\nendpoint = 'https://localhost/v1/logs'\ntls = { client_certificate = 'client.pem' }",
    )
    .unwrap();
    let error = OtelProvider::from(&settings).unwrap_err().to_string();
    assert!(error.contains("`client_private_key`"), "{error}");
}

#[test]
fn a_misspelled_setting_is_an_error() {
    let error = toml::from_str::<OtelSettings>("trace_exporters = 'none'").unwrap_err();
    assert!(error.to_string().contains("trace_exporters"), "{error}");
}
