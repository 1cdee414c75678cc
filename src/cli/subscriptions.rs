use std::time::Duration;

use clap::Args;

use super::limits::seconds;
use crate::http::SubscriptionLimits;

const DEFAULT: SubscriptionLimits = SubscriptionLimits::DEFAULT;

/// How many GraphQL subscriptions a server has, and how long it bears with a silent client.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits of GraphQL subscriptions")]
pub(super) struct SubscriptionArguments {
    /// How many there may be in all
    #[arg(long, value_name = "N", default_value_t = DEFAULT.total)]
    max_subscriptions: usize,
    /// How many one token may have, or one address without a token
    #[arg(long, value_name = "N", default_value_t = DEFAULT.per_client)]
    max_per_client: usize,
    /// How many operations may run at once on one WebSocket
    #[arg(long, value_name = "N", default_value_t = DEFAULT.per_connection)]
    max_per_connection: usize,
    /// How long a WebSocket may take to send connection_init, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    max_init: Duration,
    /// After how many silent seconds a client is asked whether it is there; it may take as long to answer
    #[arg(long, value_name = "SECONDS", default_value = "20", value_parser = ping)]
    ping: Duration,
    /// How long a WebSocket may be open with nothing to answer, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = seconds)]
    max_idle: Duration,
}

impl SubscriptionArguments {
    /// The limits that were asked for.
    pub(super) fn limits(&self) -> SubscriptionLimits {
        SubscriptionLimits {
            total: self.max_subscriptions,
            per_client: self.max_per_client,
            per_connection: self.max_per_connection,
            init: self.max_init,
            ping: self.ping,
            idle: self.max_idle,
        }
    }
}

fn ping(text: &str) -> Result<Duration, String> {
    let least = Duration::from_millis(100);
    seconds(text)
        .and_then(|given| if given < least { Err("it must be 0.1 or more".to_owned()) } else { Ok(given) })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        subscriptions: SubscriptionArguments,
    }

    #[test]
    fn the_limits_where_nobody_sets_others_are_those_of_the_server() {
        assert_eq!(Arguments::parse_from(["x"]).subscriptions.limits(), SubscriptionLimits::DEFAULT);
        let set = Arguments::parse_from(["x", "--ping", "0.5", "--max-subscriptions", "3"]).subscriptions;
        assert_eq!((set.limits().ping, set.limits().total), (Duration::from_millis(500), 3));
        assert!(Arguments::try_parse_from(["x", "--ping", "0"]).is_err());
    }
}
