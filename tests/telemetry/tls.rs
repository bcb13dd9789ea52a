//! A collector that only the certificates in the variables know, and that wants to know its clients.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::serve::Listener;
use rcgen::{CertifiedKey, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::child::Run;
use crate::collector::Collector;
use crate::received::names;

/// Accepts connections that speak TLS.
struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            // A client that does not like the certificate hangs up.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

pub(crate) fn certified() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap()
}

/// Writes a file that a variable names.
pub(crate) fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("telemetry-{name}.pem"));
    std::fs::write(&path, text).unwrap();
    path
}

/// A collector that takes the spans of one client, and the files with its certificate, that of the client, and its key.
fn collector(name: &str) -> (Collector, [PathBuf; 3]) {
    let (server, client) = (certified(), certified());
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut clients = RootCertStore::empty();
    clients.add(client.cert.der().clone()).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(clients), Arc::clone(&provider))
            .build()
            .unwrap();
    let key = PrivatePkcs8KeyDer::from(server.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![server.cert.der().clone()], PrivateKeyDer::from(key))
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let files = [
        file(&format!("{name}-server"), &server.cert.pem()),
        file(&format!("{name}-client"), &client.cert.pem()),
        file(&format!("{name}-key"), &client.signing_key.serialize_pem()),
    ];
    let collector = Collector::behind(|listener| TlsListener { listener, acceptor });
    (collector, files)
}

/// Enough to be refused, and not to be tried again.
const SHORT: &str = "500";

/// Runs a service with these variables, and a collector on this machine.
fn run(collector: &Collector, timeout: &str, variables: &[(&str, &Path)]) -> Run {
    let url = format!("https://localhost:{}", collector.port());
    let mut values = vec![
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*url),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", timeout),
    ];
    values.extend(
        variables
            .iter()
            .map(|(name, path)| (*name, path.to_str().unwrap())),
    );
    Run::alone(&values)
}

#[test]
fn the_certificates_of_the_variables_are_trusted_and_shown() {
    let (collector, [server, client, key]) = collector("good");
    let lost = Path::new("/nowhere/at/all.pem");
    let names_of = [
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", lost),
        ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", &*server),
        ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", lost),
        ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", &*client),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", &*key),
    ];
    let run = run(&collector, "60000", &names_of);
    run.assert_printed("shut down: Ok(())");
    let received = collector.received();
    assert_eq!(names(&received), ["telemetry.request", "telemetry.step"]);
    assert!(run.warnings().is_empty(), "{}", run.log);
}

#[test]
fn nothing_is_sent_to_a_collector_that_is_not_trusted_or_does_not_know_the_client() {
    let (collector, [server, client, key]) = collector("strict");
    let (_other, [another, ..]) = self::collector("another");
    let rows: [&[(&str, &Path)]; 2] = [
        &[("OTEL_EXPORTER_OTLP_CERTIFICATE", &server)],
        &[
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", &another),
            ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &client),
            ("OTEL_EXPORTER_OTLP_CLIENT_KEY", &key),
        ],
    ];
    for row in rows {
        let run = run(&collector, SHORT, row);
        run.assert_printed(
            "shut down: Err(Lost { dropped: 0, failed: 2, waiting: 0, logs: LostLogs { dropped: 0, failed: 0, waiting: 0 }, metrics: false, unfinished: false })",
        );
    }
    assert!(collector.received().is_empty());
}

#[test]
fn a_file_that_cannot_be_read_is_a_warning_and_the_service_runs() {
    let (collector, [server, client, _]) = collector("unreadable");
    let empty = file("empty", "");
    let rows: [(&[(&str, &Path)], &str); 3] = [
        (
            &[(
                "OTEL_EXPORTER_OTLP_CERTIFICATE",
                Path::new("/nowhere/at/all.pem"),
            )],
            "/nowhere/at/all.pem: ",
        ),
        (
            &[("OTEL_EXPORTER_OTLP_CERTIFICATE", &empty)],
            "nothing of the right kind is in it",
        ),
        (
            &[
                ("OTEL_EXPORTER_OTLP_CERTIFICATE", &server),
                ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &client),
                ("OTEL_EXPORTER_OTLP_CLIENT_KEY", &client),
            ],
            "nothing of the right kind is in it",
        ),
    ];
    for (variables, reason) in rows {
        let run = run(&collector, SHORT, variables);
        let told = run.warnings().concat();
        assert!(
            told.contains("no span is sent to a collector: TLS cannot be set up: "),
            "{told}"
        );
        assert!(told.contains(reason), "{told}");
        run.assert_printed("shut down: Ok(())");
    }
    assert!(collector.received().is_empty());
}

#[test]
fn half_of_a_client_is_told_and_left_out() {
    let (collector, [server, client, key]) = collector("half");
    for (name, path) in [
        ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &client),
        ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", &key),
    ] {
        let run = run(
            &collector,
            SHORT,
            &[("OTEL_EXPORTER_OTLP_CERTIFICATE", &server), (name, path)],
        );
        let warnings = run.warnings();
        let beside = "beside it, and is ignored";
        assert!(
            warnings.iter().any(|line| line.contains(beside)),
            "{}",
            run.log
        );
    }
    assert!(collector.received().is_empty());
}
