use std::time::Duration;

/// How many subscriptions a server has, and how long it bears with a silent client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionLimits {
    /// How many there may be in all.
    pub total: usize,
    /// How many there may be of one client: of one token, or of one address without a token.
    pub per_client: usize,
    /// How many operations may run at once on one WebSocket.
    pub per_connection: usize,
    /// How long a WebSocket may take to say who it is.
    pub init: Duration,
    /// After what time without a word a client is asked whether it is there. If it does not answer, or does not
    /// take what it is sent, for as long again, it is let go.
    pub ping: Duration,
    /// How long a WebSocket may be open with nothing to answer.
    pub idle: Duration,
}

impl SubscriptionLimits {
    /// The limits where nobody sets others.
    pub const DEFAULT: Self = Self {
        total: 1_000,
        per_client: 200,
        per_connection: 50,
        init: Duration::from_secs(10),
        ping: Duration::from_secs(20),
        idle: Duration::from_secs(600),
    };
}

impl Default for SubscriptionLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
