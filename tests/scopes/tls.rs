//! Over TLS, with a certificate that the system has and with one that it does not have.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use axum::serve::Listener;
use rcgen::CertifiedKey;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::collector::Collector;
use crate::export::{LONG, config, engine, relay_span};

const URL: &str = "TRACING_RELAY_TEST_TLS_URL";

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

/// A collector at `https://localhost`, and its certificate in a file.
fn collector(name: &str) -> (Collector, PathBuf) {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let server = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let collector = Collector::behind(|listener| TlsListener { listener, acceptor });
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pem"));
    std::fs::write(&path, cert.pem()).unwrap();
    (collector, path)
}

/// Runs in the children of the tests below, which say what the system's certificates are.
#[test]
fn one_export_over_tls() {
    // On its own it finds that nobody listens.
    let url = std::env::var(URL);
    let config = config(url.as_deref().unwrap_or("https://localhost:9/v1/traces"));
    if let Err(error) = config.exporter() {
        println!("\nno exporter: {error}");
        return;
    }
    let engine = engine(&config);
    relay_span(&engine);
    println!("\narrived: {}", engine.flush(LONG));
    let statistics = engine.statistics();
    assert_eq!(statistics.exported + statistics.failed, 1);
}

fn child(collector: &Collector, certificates: &PathBuf) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::one_export_over_tls", "--nocapture"])
        .env(
            URL,
            format!("https://localhost:{}/v1/traces", collector.port()),
        )
        .env("SSL_CERT_FILE", certificates)
        .env_remove("SSL_CERT_DIR")
        .env("NO_PROXY", "localhost")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}"
    );
    printed
}

// Elsewhere the certificates of the system are not read from a file that the environment names.
#[cfg(target_os = "linux")]
#[test]
fn spans_go_over_tls_to_a_certificate_that_the_system_knows() {
    let (collector, certificate) = collector("known");
    let printed = child(&collector, &certificate);
    assert!(printed.contains("arrived: true"), "{printed}");
    let request = collector.only();
    assert_eq!(request.header("authorization"), "Bearer tok");
    assert_eq!(request.spans(), ["relay.link"]);
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_sent_to_a_certificate_that_the_system_does_not_know() {
    let (collector, _) = collector("unknown");
    let (_other, other) = self::collector("another");
    let printed = child(&collector, &other);
    assert!(printed.contains("arrived: false"), "{printed}");
    assert!(collector.received().is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_system_without_certificates_making_the_exporter_is_an_error_in_words() {
    let (collector, certificate) = collector("none");
    std::fs::write(&certificate, "").unwrap();
    let printed = child(&collector, &certificate);
    assert!(
        printed.contains("no exporter: TLS cannot be set up: "),
        "{printed}"
    );
    assert!(collector.received().is_empty());
}
