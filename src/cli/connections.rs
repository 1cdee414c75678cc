use std::time::Duration;

use clap::Args;

use super::limits::seconds;
use crate::http::ConnectionLimits;

const DEFAULT: ConnectionLimits = ConnectionLimits::DEFAULT;

/// How many connections a server has, and how long it bears with slow clients.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits of connections")]
pub(super) struct ConnectionArguments {
    /// How many connections there may be; more are answered by 503, and /healthz all the same
    #[arg(long, value_name = "N", default_value_t = DEFAULT.total)]
    max_connections: usize,
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
    /// The limits that were asked for.
    pub(super) fn limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            total: self.max_connections,
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
        assert_eq!(Arguments::parse_from(["x"]).connections.limits(), ConnectionLimits::DEFAULT);
        let set =
            Arguments::parse_from(["x", "--max-head-time", "0.5", "--max-connections", "3"]).connections;
        assert_eq!((set.limits().head_time, set.limits().total), (Duration::from_millis(500), 3));
        assert!(Arguments::try_parse_from(["x", "--max-head", "100"]).is_err());
    }
}
