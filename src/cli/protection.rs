use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;

use clap::Args;

use crate::http::{App, HostName, Hosts, Origin, Protection, Rates, WAITING};

/// How many requests a second one address may send where other machines reach the server.
const ADDRESS_RATE: u32 = 200;

/// How many requests a second may come with one token where other machines reach the server.
const TOKEN_RATE: u32 = 100;

/// Who is let near a server, and how often.
#[derive(Debug, Args)]
#[command(next_help_heading = "Protection")]
pub(super) struct ProtectionArguments {
    /// A name by which the server may be called, beside addresses and localhost; may be repeated. Other names
    /// are refused on loopback, and elsewhere where a name is given
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<HostName>,
    /// The origin of a site whose pages may ask, such as https://graph.example; may be repeated
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<Origin>,
    /// A proxy that is believed when X-Forwarded-For says for whom it asks; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    trusted_proxy: Vec<IpAddr>,
    /// How many requests a second may come from one address, 0 for any number [default: 200, and 0 on loopback]
    #[arg(long, value_name = "N")]
    max_address_rate: Option<u32>,
    /// How many requests a second may come with one token, 0 for any number [default: 100, and 0 on loopback]
    #[arg(long, value_name = "N")]
    max_token_rate: Option<u32>,
    /// How many requests are executed at the same time [default: 32 a processor]
    #[arg(long, value_name = "N")]
    max_executed: Option<usize>,
    /// How many requests may wait to be executed; more are answered by 503
    #[arg(long, value_name = "N", default_value_t = WAITING)]
    max_waiting: usize,
}

impl ProtectionArguments {
    /// What was asked for, of a server at this address, for which a name may stand.
    pub(super) fn protection(&self, address: SocketAddr, name: Option<&HostName>) -> Protection {
        let loopback = address.ip().is_loopback();
        let rate = |given: Option<u32>, default| {
            NonZeroU32::new(given.unwrap_or(if loopback { 0 } else { default }))
        };
        Protection {
            hosts: (loopback || !self.allow_host.is_empty())
                .then(|| Hosts::of(self.allow_host.iter().chain(name).cloned())),
            origins: self.allow_origin.clone(),
            proxies: self.trusted_proxy.iter().map(IpAddr::to_canonical).collect(),
            rates: Rates {
                address: rate(self.max_address_rate, ADDRESS_RATE),
                token: rate(self.max_token_rate, TOKEN_RATE),
            },
        }
    }

    /// Resources of which as many are worked on at a time as was asked for.
    pub(super) fn with_turns(&self, app: App) -> App {
        app.with_turns(self.max_executed, self.max_waiting)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        protection: ProtectionArguments,
    }

    #[test]
    fn where_others_reach_a_server_rates_are_limited_and_on_loopback_names() {
        let of = |arguments: &[&str], address: &str| {
            let given = Arguments::parse_from([&["x"], arguments].concat());
            let protection = given.protection.protection(address.parse().unwrap(), None);
            (
                protection.hosts.is_some(),
                protection.rates.address.map(u32::from),
                protection.rates.token.is_some(),
            )
        };
        assert_eq!(of(&[], "127.0.0.1:1"), (true, None, false));
        assert_eq!(of(&[], "0.0.0.0:1"), (false, Some(ADDRESS_RATE), true));
        assert_eq!(of(&["--allow-host", "a"], "10.0.0.5:1"), (true, Some(ADDRESS_RATE), true));
        assert_eq!(of(&["--max-address-rate", "0"], "10.0.0.5:1"), (false, None, true));
        assert_eq!(of(&["--max-address-rate", "7"], "[::1]:1"), (true, Some(7), false));
    }
}
