//! Where the component runs: each surface is a resource of its dataset.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, Display, EnumIter};

/// A product that the component is a part of.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    AsRefStr,
    Display,
    EnumIter,
    ValueEnum,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum Surface {
    /// The web application.
    Web,
    /// The mobile application.
    Mobile,
    /// The command line, without a window.
    HeadlessCli,
    /// The server that an environment runs on, whose broker mints credentials.
    EnvironmentServer,
}

impl Surface {
    /// The surfaces on which a user connects to an environment.
    pub const CLIENTS: [Self; 3] = [Self::Web, Self::Mobile, Self::HeadlessCli];

    /// The name of the service in the component's dataset.
    #[must_use]
    pub const fn service_name(self) -> &'static str {
        match self {
            Self::Web => "t3-web-relay-client",
            Self::Mobile => "t3-mobile-relay-client",
            Self::HeadlessCli => "t3-headless-relay-client",
            Self::EnvironmentServer => "t3-server",
        }
    }

    /// What the surface runs on.
    #[must_use]
    pub const fn runtime(self) -> &'static str {
        match self {
            Self::Web => "browser",
            Self::Mobile => "react-native",
            Self::HeadlessCli | Self::EnvironmentServer => "node",
        }
    }

    /// Which part of the product it is.
    #[must_use]
    pub const fn component(self) -> &'static str {
        match self {
            Self::EnvironmentServer => "relay-broker",
            Self::Web | Self::Mobile | Self::HeadlessCli => "relay-client",
        }
    }
}
