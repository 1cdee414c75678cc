use std::time::Duration;

/// How many connections a server has, and how long it bears with slow clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// How many connections there may be. Some more are taken to be told so, and to be asked whether the server is
    /// there.
    pub total: usize,
    /// How many there may be from one address; more are closed at once. Trusted proxies may have any number.
    pub per_address: usize,
    /// The largest head of a request, in bytes: its address and its headers.
    pub head: usize,
    /// How long a client may take to begin a request and to send its head, and to agree on TLS before.
    pub head_time: Duration,
    /// How long a client may take to send a body.
    pub body_time: Duration,
    /// How long a client may take nothing of an answer.
    pub stall: Duration,
    /// How long a server that stops goes on with what it has begun.
    pub stop: Duration,
}

impl ConnectionLimits {
    /// The limits where nobody sets others.
    pub const DEFAULT: Self = Self {
        total: 4_096,
        per_address: usize::MAX,
        head: 32 << 10,
        head_time: Duration::from_secs(30),
        body_time: Duration::from_secs(30),
        stall: Duration::from_secs(60),
        stop: Duration::from_secs(20),
    };

    /// The smallest head that can be limited: the library reads so much at a time.
    pub const LEAST_HEAD: usize = 8 << 10;
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
