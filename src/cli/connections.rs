use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use super::limits::seconds;
use crate::http::ConnectionLimits;

const DEFAULT: ConnectionLimits = ConnectionLimits::DEFAULT;

/// How many connections one address may have where other machines reach the server.
const PER_ADDRESS: usize = 512;

/// How many connections a server has, and how long it bears with slow clients.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits of connections")]
pub(super) struct ConnectionArguments {
    /// How many connections there may be; more are answered by 503, and /healthz all the same
    #[arg(long, value_name = "N", default_value_t = DEFAULT.total)]
    max_connections: usize,
    /// How many there may be from one address, trusted proxies apart; more are closed at once [default: 512, and any
    /// number on loopback]
    #[arg(long, value_name = "N")]
    max_address_connections: Option<usize>,
    /// The largest head of a request, in bytes: its address and its headers
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT.head, value_parser = head)]
    max_head: usize,
    /// How long a client may take to begin a request and to send its head, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    max_head_time: Duration,
    /// How long a client may take to send a body, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    max_body_time: Duration,
    /// How long a client may take nothing of an answer, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    max_stall: Duration,
    /// How long a server that stops goes on with what it has begun, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "20", value_parser = seconds)]
    max_stop: Duration,
}

impl ConnectionArguments {
    /// The limits that were asked for, of a server at an address.
    pub(super) fn limits(&self, address: SocketAddr) -> ConnectionLimits {
        let default = if address.ip().is_loopback() { DEFAULT.per_address } else { PER_ADDRESS };
        ConnectionLimits {
            total: self.max_connections,
            per_address: self.max_address_connections.unwrap_or(default),
            head: self.max_head,
            head_time: self.max_head_time,
            body_time: self.max_body_time,
            stall: self.max_stall,
            stop: self.max_stop,
        }
    }
}

fn head(text: &str) -> Result<usize, String> {
    let least = ConnectionLimits::LEAST_HEAD;
    let bytes = text.parse().map_err(|_| format!("\"{text}\" is no number of bytes"))?;
    if bytes < least { Err(format!("it must be {least} or more")) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        connections: ConnectionArguments,
    }

    #[test]
    fn the_limits_where_nobody_sets_others_are_those_of_the_server() {
        let loopback = "127.0.0.1:1".parse().unwrap();
        let given = Arguments::parse_from(["x"]).connections;
        assert_eq!(given.limits(loopback), ConnectionLimits::DEFAULT);
        assert_eq!(given.limits("10.0.0.5:1".parse().unwrap()).per_address, PER_ADDRESS);
        let set =
            Arguments::parse_from(["x", "--max-head-time", "0.5", "--max-connections", "3"]).connections;
        let set = set.limits(loopback);
        assert_eq!((set.head_time, set.total), (Duration::from_millis(500), 3));
        assert!(Arguments::try_parse_from(["x", "--max-head", "100"]).is_err());
    }
}
