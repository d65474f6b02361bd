//! Benches: each prints what it measured against a baseline run in the same session. `docs/performance.md` has the
//! figures and the commands.
#![expect(clippy::print_stdout, reason = "a bench reports to a terminal")]

mod active;
mod analytics;
mod beside;
mod client;
mod constant;
mod create;
mod executions;
mod files;
mod ingest;
mod load;
mod machine;
mod replay;
mod resolve;
mod rollback;
mod rounds;
mod seed;
mod server;
mod start;
mod traces;
mod wire;

use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about = "Benches of Promptory; build `promptory` with the same profile first")]
struct Cli {
    /// A short run: to see that it works, not to believe the figures.
    #[arg(long, global = true)]
    quick: bool,
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// What is live, fetched over keep-alive connections.
    Active,
    /// The same, rendered with three variables.
    Resolve,
    /// The Rust client in process: local resolve and cached get.
    Client,
    /// Time to readiness, memory, idle time, size.
    Start,
    /// Versions created on both databases.
    Create {
        /// `postgres://…` of an empty database; absent: one is started with `cargo xtask postgres --durable`.
        #[arg(long)]
        postgres: Option<String>,
    },
    /// Questions over 30 days of executions, with a tenth of them and with all.
    Analytics {
        /// Executions in all.
        #[arg(long, default_value_t = 10_000_000)]
        rows: usize,
    },
    /// Serving, going back, memory and size while executions are recorded.
    Beside,
    /// From asking to go back until the stream of another server says so, beside everything else.
    Rollback,
    /// Executions recorded over HTTP, against bare inserts of the same rows.
    Ingest {
        /// `postgres://…` of an empty database; absent: one is started with `cargo xtask postgres --durable`.
        #[arg(long)]
        postgres: Option<String>,
    },
    /// Real prompts and histories of a folder, created and read back; the program's own tests do not need them.
    Replay {
        /// A folder of `.md` files, a prompt each.
        #[arg(long)]
        prompts: Option<PathBuf>,
        /// A folder of `.jsonl` files, a prompt each: `{"content": …}` a line, oldest first.
        #[arg(long)]
        histories: Option<PathBuf>,
        /// `postgres://…` of an empty database; absent: SQLite.
        #[arg(long)]
        postgres: Option<String>,
    },
    /// Real arrival times and token counts (`code.csv`, `conv.csv`) at a hundred times their speed, and their sums.
    Traces {
        folder: PathBuf,
        /// `postgres://…` of an empty database; absent: SQLite.
        #[arg(long)]
        postgres: Option<String>,
    },
    /// Import and export: real folders, and 10,000 versions.
    Files {
        /// A folder of `.md` files.
        #[arg(long)]
        prompts: Option<PathBuf>,
        /// A folder of `.jsonl` files, a prompt each.
        #[arg(long)]
        histories: Option<PathBuf>,
    },
    /// The baseline of `active` and `resolve`, which start it themselves.
    #[command(hide = true)]
    Constant { answer: PathBuf },
    /// The baseline of `ingest`, which starts it itself.
    #[command(hide = true)]
    Bare { url: String, rows: usize },
}

/// How long everything takes.
#[derive(Clone, Copy)]
pub struct Size {
    quick: bool,
}

impl Size {
    fn pick<T>(self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }

    pub fn rounds(self) -> usize {
        self.pick(3, 12)
    }

    pub fn round(self) -> Duration {
        self.pick(Duration::from_millis(500), Duration::from_millis(1500))
    }

    pub fn calls(self) -> usize {
        self.pick(20_000, 200_000)
    }

    pub fn starts(self) -> usize {
        self.pick(3, 9)
    }

    pub fn settle(self) -> Duration {
        self.pick(Duration::from_secs(5), Duration::from_secs(60))
    }

    pub fn idle(self) -> Duration {
        self.pick(Duration::from_secs(5), Duration::from_secs(20))
    }

    pub fn is_quick(self) -> bool {
        self.quick
    }

    pub fn rows(self) -> usize {
        self.pick(40_000, 200_000)
    }

    pub fn turns(self) -> usize {
        self.pick(2, 5)
    }

    pub fn rollbacks(self) -> usize {
        self.pick(10, 50)
    }

    pub fn minutes(self) -> usize {
        self.pick(1, 10)
    }

    pub fn turn(self) -> Duration {
        self.pick(Duration::from_secs(1), Duration::from_secs(4))
    }
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let size = Size { quick: cli.quick };
    match cli.bench {
        Bench::Active => active::run(size),
        Bench::Resolve => resolve::run(size),
        Bench::Client => client::run(size),
        Bench::Start => start::run(size),
        Bench::Create { postgres } => create::run(size, postgres),
        Bench::Replay { prompts, histories, postgres } => {
            replay::run(prompts.as_deref(), histories.as_deref(), postgres.as_deref())
        }
        Bench::Traces { folder, postgres } => traces::run(&folder, postgres.as_deref()),
        Bench::Files { prompts, histories } => files::run(size, prompts.as_deref(), histories.as_deref()),
        Bench::Analytics { rows } => analytics::run(size, rows),
        Bench::Beside => beside::run(size),
        Bench::Rollback => rollback::run(size),
        Bench::Ingest { postgres } => ingest::run(size, postgres),
        Bench::Bare { url, rows } => ingest::bare(&url, rows),
        Bench::Constant { answer } => constant::run(&answer),
    }
}
