use std::time::Duration;

use clap::Args;

use crate::graphql::Limits;

const DEFAULT: Limits = Limits::DEFAULT;

/// How much one GraphQL request may ask of a server.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits of a GraphQL request")]
pub(super) struct LimitArguments {
    /// The deepest nesting of fields
    #[arg(long, value_name = "N", default_value_t = DEFAULT.depth)]
    max_depth: usize,
    /// The greatest cost: one a field, the fields of a list as often as its page may have entries
    #[arg(long, value_name = "N", default_value_t = DEFAULT.cost)]
    max_cost: usize,
    /// How many fields may have an alias
    #[arg(long, value_name = "N", default_value_t = DEFAULT.aliases)]
    max_aliases: usize,
    /// How many fields and fragments may be selected, fragments written out
    #[arg(long, value_name = "N", default_value_t = DEFAULT.selections)]
    max_selections: usize,
    /// How many directives may stand at one place
    #[arg(long, value_name = "N", default_value_t = DEFAULT.directives)]
    max_directives: usize,
    /// How many tokens a query may have, and how many values its variables
    #[arg(long, value_name = "N", default_value_t = DEFAULT.tokens)]
    max_tokens: usize,
    /// How many requests may come in one batch; 0 refuses batches
    #[arg(long, value_name = "N", default_value_t = DEFAULT.batch)]
    max_batch: usize,
    /// The largest body, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT.body)]
    max_body: usize,
    /// The longest time a request may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    max_time: Duration,
    /// Refuse questions about the schema, which GraphiQL and code generators ask
    #[arg(long)]
    no_introspection: bool,
}

impl LimitArguments {
    /// The limits that were asked for.
    pub(super) fn limits(&self) -> Limits {
        Limits {
            depth: self.max_depth,
            cost: self.max_cost,
            aliases: self.max_aliases,
            selections: self.max_selections,
            directives: self.max_directives,
            tokens: self.max_tokens,
            batch: self.max_batch,
            body: self.max_body,
            time: self.max_time,
            introspection: !self.no_introspection,
        }
    }
}

/// A number of seconds, such as 0.5.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("\"{text}\" is no number of seconds"))?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        limits: LimitArguments,
    }

    #[test]
    fn the_limits_where_nobody_sets_others_are_those_of_the_schema() {
        assert_eq!(Arguments::parse_from(["x"]).limits.limits(), Limits::DEFAULT);
        let set = Arguments::parse_from(["x", "--max-time", "0.5", "--no-introspection", "--max-batch", "3"]);
        let set = set.limits.limits();
        assert_eq!((set.time, set.introspection, set.batch), (Duration::from_millis(500), false, 3));
        for wrong in ["x", "-1", "NaN", "1e99"] {
            assert!(Arguments::try_parse_from(["x", &format!("--max-time={wrong}")]).is_err(), "{wrong}");
        }
    }
}
