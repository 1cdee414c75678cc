use clap::{Args, ValueEnum};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;

/// What a server tells its operator, on standard error.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Logs")]
pub(super) struct LogArguments {
    /// How each line is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
    /// The least that is told; requests are told at info
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log_level: LogLevel,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum LogLevel {
    Off,
    Error,
    Warn,
    #[default]
    Info,
    Debug,
}

impl LogArguments {
    /// Begins to write what the library logs.
    pub(super) fn begin(&self) {
        let level = match self.log_level {
            LogLevel::Off => LevelFilter::OFF,
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
        };
        let lines = fmt().with_writer(std::io::stderr).with_target(false).with_max_level(level);
        match self.log_format {
            LogFormat::Text => lines.init(),
            LogFormat::Json => {
                lines.json().flatten_event(true).with_span_list(false).init();
                std::panic::set_hook(Box::new(|panic| {
                    let place = panic.location().map(ToString::to_string);
                    let cause = panic.payload_as_str().unwrap_or_default();
                    tracing::error!(place, "panicked: {cause}");
                }));
            }
        }
    }

    /// Tells the operator something that is no fault, whatever the level.
    pub(super) fn say(&self, text: &str) {
        match self.log_format {
            LogFormat::Text => eprintln!("{text}"),
            LogFormat::Json => tracing::info!("{text}"),
        }
    }
}
