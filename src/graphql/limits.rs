use std::time::Duration;

/// How much one request may ask for. Every limit is on by default, and wide enough for the introspection query
/// of GraphiQL and of code generators.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The deepest nesting of fields, fragments written out.
    pub depth: usize,
    /// The greatest cost: a field counts one, the fields of a list as often as its page may have entries, and a
    /// question to the whole graph 50 more.
    pub cost: usize,
    /// How many fields may have an alias, fragments written out.
    pub aliases: usize,
    /// How many fields and fragments may be selected, fragments written out.
    pub selections: usize,
    /// How many directives may stand at one place.
    pub directives: usize,
    /// How many tokens a document may have, and how many values its variables.
    pub tokens: usize,
    /// How many requests may come in one batch; 0 refuses every batch.
    pub batch: usize,
    /// The largest request, in bytes.
    pub body: usize,
    /// The longest time that a request may take, its wait for other requests included.
    pub time: Duration,
    /// Whether the schema may be asked for.
    pub introspection: bool,
}

impl Limits {
    /// The limits where nobody sets others.
    pub const DEFAULT: Self = Self {
        depth: 20,
        cost: 200_000,
        aliases: 100,
        selections: 2_000,
        directives: 5,
        tokens: 15_000,
        batch: 0,
        body: 1 << 20,
        time: Duration::from_secs(10),
        introspection: true,
    };
}

impl Limits {
    /// No limits, for whoever asks on a machine of his own: `orgatlas query` and the other commands.
    pub const NONE: Self = Self {
        depth: usize::MAX,
        cost: usize::MAX,
        aliases: usize::MAX,
        selections: usize::MAX,
        directives: usize::MAX,
        tokens: usize::MAX,
        batch: usize::MAX,
        body: usize::MAX,
        time: Duration::from_secs(u32::MAX as u64),
        introspection: true,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
