//! [`OtelExporter`]: where a signal goes, as settings say it.

use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tracing_relay::telemetry::{OtlpProtocol, OtlpSettings};

use crate::error::OtelError;
use crate::memory::OtelInMemory;

/// Where [`OtelExporter::Statsig`] sends metrics.
const STATSIG_URL: &str = "https://api.statsig.com/otlp/v1/metrics";
/// The header that its secret is in.
const STATSIG_HEADER: &str = "statsig-api-key";
/// The variable that its secret comes from.
const STATSIG_SECRET: &str = "STATSIG_SERVER_SDK_SECRET";

/// Where a signal goes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum OtelExporter {
    /// Nowhere.
    #[default]
    None,
    /// A collector, over HTTP.
    OtlpHttp {
        /// The whole URL that requests are posted to, as `https://collector.example/v1/traces` is.
        endpoint: String,
        /// What is sent with each request.
        #[serde(default)]
        headers: BTreeMap<String, OtelHeader>,
        /// How bodies are written; protobuf unless set.
        #[serde(default)]
        protocol: OtelHttpProtocol,
        /// Certificates; those of the system unless set.
        #[serde(default)]
        tls: Option<OtelTls>,
    },
    /// A collector, over gRPC.
    OtlpGrpc {
        /// Its URL, as `https://collector.example:4317` is.
        endpoint: String,
        /// Metadata of each call.
        #[serde(default)]
        headers: BTreeMap<String, OtelHeader>,
        /// Certificates; those of the system unless set.
        #[serde(default)]
        tls: Option<OtelTls>,
    },
    /// Statsig, which takes metrics: OTLP over HTTP in JSON, with the secret in the variable `STATSIG_SERVER_SDK_SECRET`.
    Statsig,
    /// This process, for tests.
    #[serde(skip)]
    InMemory(OtelInMemory),
}

/// How the body of a request is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum OtelHttpProtocol {
    /// Protobuf.
    #[default]
    Binary,
    /// JSON.
    Json,
}

/// The value of a header. Its `Debug` shows a variable and no value.
#[derive(Clone, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum OtelHeader {
    /// The value.
    Text(String),
    /// A secret, which the environment has when the provider is made.
    Environment {
        /// The name of the variable.
        env: String,
    },
}

/// Certificates in PEM. Names of files are relative to `home`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct OtelTls {
    /// Those that are trusted, instead of those of the system.
    pub ca_certificate: Option<PathBuf>,
    /// Who the client is.
    pub client_certificate: Option<PathBuf>,
    /// The key of that.
    pub client_private_key: Option<PathBuf>,
}

/// What an exporter comes down to.
pub(crate) enum Destination {
    Nowhere,
    Otlp(Box<OtlpSettings>),
    InMemory(OtelInMemory),
}

impl OtelExporter {
    /// What it comes down to as this setting.
    pub(crate) fn destination(
        &self,
        setting: &'static str,
        home: &Path,
    ) -> Result<Destination, OtelError> {
        let unusable = |source| OtelError::Exporter { setting, source };
        let (collector, headers, tls) = match self {
            Self::None => return Ok(Destination::Nowhere),
            Self::InMemory(memory) => return Ok(Destination::InMemory(memory.clone())),
            Self::OtlpHttp {
                endpoint,
                headers,
                protocol,
                tls,
            } => {
                let collector = OtlpSettings::new(endpoint).map_err(unusable)?;
                (collector.with_protocol((*protocol).into()), headers, tls)
            }
            Self::OtlpGrpc {
                endpoint,
                headers,
                tls,
            } => (
                OtlpSettings::grpc(endpoint).map_err(unusable)?,
                headers,
                tls,
            ),
            Self::Statsig => {
                if setting != "metrics_exporter" {
                    return Err(OtelError::MetricsAlone { setting });
                }
                return Self::statsig().destination(setting, home);
            }
        };
        let mut collector = collector;
        for (name, header) in headers {
            let value = header.value(setting)?;
            collector = collector.with_header(name, &value).map_err(unusable)?;
        }
        if let Some(tls) = tls {
            collector = tls.of(home, collector).map_err(unusable)?;
        }
        Ok(Destination::Otlp(Box::new(collector)))
    }

    /// What [`Statsig`](Self::Statsig) stands for.
    fn statsig() -> Self {
        let secret = OtelHeader::Environment {
            env: STATSIG_SECRET.into(),
        };
        Self::OtlpHttp {
            endpoint: STATSIG_URL.into(),
            headers: BTreeMap::from([(STATSIG_HEADER.into(), secret)]),
            protocol: OtelHttpProtocol::Json,
            tls: None,
        }
    }
}

impl OtelHeader {
    fn value(&self, setting: &'static str) -> Result<String, OtelError> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            Self::Environment { env: variable } => env::var(variable)
                .ok()
                .filter(|secret| !secret.is_empty())
                .ok_or_else(|| OtelError::Secret {
                    setting,
                    variable: variable.clone(),
                }),
        }
    }
}

impl fmt::Debug for OtelHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("[redacted]"),
            Self::Environment { env } => write!(f, "${env}"),
        }
    }
}

impl From<OtelHttpProtocol> for OtlpProtocol {
    fn from(protocol: OtelHttpProtocol) -> Self {
        match protocol {
            OtelHttpProtocol::Binary => Self::HttpProtobuf,
            OtelHttpProtocol::Json => Self::HttpJson,
        }
    }
}

impl OtelTls {
    fn of(&self, home: &Path, mut collector: OtlpSettings) -> io::Result<OtlpSettings> {
        if let Some(file) = &self.ca_certificate {
            collector = collector.with_certificate(home.join(file));
        }
        match (&self.client_certificate, &self.client_private_key) {
            (None, None) => Ok(collector),
            (Some(certificate), Some(key)) => {
                Ok(collector.with_client(home.join(certificate), home.join(key)))
            }
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "`client_certificate` and `client_private_key` are there together or not at all",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statsig_is_a_shorthand_for_metrics_in_json_with_a_secret_of_the_environment() {
        let OtelExporter::OtlpHttp {
            endpoint,
            headers,
            protocol,
            tls,
        } = OtelExporter::statsig()
        else {
            panic!("it is not OTLP over HTTP");
        };
        assert_eq!(endpoint, STATSIG_URL);
        assert_eq!(protocol, OtelHttpProtocol::Json);
        assert_eq!(tls, None);
        assert_eq!(
            format!("{headers:?}"),
            r#"{"statsig-api-key": $STATSIG_SERVER_SDK_SECRET}"#
        );
    }
}
