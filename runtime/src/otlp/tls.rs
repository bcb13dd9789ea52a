//! TLS with a provider that is named here: the one of the process may not be set, and may not be asked for where two are
//! built in.

#[cfg(feature = "telemetry")]
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::crypto::aws_lc_rs;
#[cfg(feature = "telemetry")]
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject as _};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::Destination;
#[cfg(feature = "grpc")]
use super::Protocol;

/// Whose certificates are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Roots {
    /// Those of the system.
    System,
    /// None: nothing is sent over TLS.
    None,
    /// Those in a file, in PEM, and no others.
    #[cfg(feature = "telemetry")]
    File(PathBuf),
}

/// Who the client is: two files in PEM.
#[cfg(feature = "telemetry")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

pub(super) fn config(destination: &Destination) -> Result<ClientConfig, String> {
    let config = with_identity(destination)?;
    #[cfg(feature = "grpc")]
    if destination.protocol == Protocol::Grpc {
        return Ok(for_http2(config));
    }
    Ok(config)
}

#[cfg(feature = "grpc")]
fn for_http2(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

fn with_identity(destination: &Destination) -> Result<ClientConfig, String> {
    let builder = with_roots(&destination.roots)?;
    #[cfg(feature = "telemetry")]
    if let Some(Identity { certificate, key }) = &destination.identity {
        let chain = certificates(certificate)?;
        let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| fault(key, &error))?;
        return builder
            .with_client_auth_cert(chain, secret)
            .map_err(|error| error.to_string());
    }
    Ok(builder.with_no_client_auth())
}

fn with_roots(roots: &Roots) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, String> {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    match roots {
        Roots::System => builder
            .with_platform_verifier()
            .map_err(|error| error.to_string()),
        Roots::None => Ok(builder.with_root_certificates(RootCertStore::empty())),
        #[cfg(feature = "telemetry")]
        Roots::File(path) => {
            let mut store = RootCertStore::empty();
            for certificate in certificates(path)? {
                store
                    .add(certificate)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
            }
            Ok(builder.with_root_certificates(store))
        }
    }
}

#[cfg(feature = "telemetry")]
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .map_err(|error| fault(path, &error))?
        .collect();
    let found = found.map_err(|error| fault(path, &error))?;
    if found.is_empty() {
        return Err(fault(path, &pem::Error::NoItemsFound));
    }
    Ok(found)
}

/// Nothing of what is in the file: it may be a key.
#[cfg(feature = "telemetry")]
fn fault(path: &Path, error: &pem::Error) -> String {
    let path = path.display();
    match error {
        pem::Error::Io(error) => format!("{path}: {error}"),
        pem::Error::NoItemsFound => format!("{path}: nothing of the right kind is in it"),
        _ => format!("{path}: it is not PEM"),
    }
}
