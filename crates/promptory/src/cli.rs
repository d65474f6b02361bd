//! What can be typed.

use clap::{Args, Parser, Subcommand};

use crate::backup::{Backup, Restore};
use crate::commands::{
    activate::Activate,
    analytics::Analytics,
    approvals::{Approvals, Decision, Words},
    audit::Audit,
    config::Config,
    deploy::Deploy,
    deployment::Deployment,
    deployments::Deployments,
    doctor::Doctor,
    environment::Environment,
    executions::Executions,
    explain::Explain,
    files::{check::Check, diff::Diff, export::Export, import::Import, pull::Pull, push::Push},
    history::History,
    key::Key,
    label::Label,
    patch::Patch,
    policy::Policy,
    prices::Prices,
    project::Project,
    prompt::Prompt,
    recording::Recording,
    release::Release,
    render::Render,
    resolve::Resolve,
    rollback::Rollback,
    rollbacks::Rollbacks,
    sample::Sample,
    score::Score,
    server::Server,
    serving::Active,
    snapshot::Snapshot,
    stream::Stream,
    user::User,
    verify::Verify,
    verify_install::VerifyInstall,
    version::Version,
    webhook::Webhook,
};
use crate::serve::{Migrate, Serve};

/// One place for prompts: store, version, activate and serve them.
#[derive(Debug, Parser)]
#[command(name = "promptory", version, propagate_version = false, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done, 1 the answer is no, 2 wrong use, 3 server unreachable.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How commands find the server.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection and output")]
pub(crate) struct Connection {
    /// Address of the server.
    #[arg(long, global = true, env = "PROMPTORY_URL", default_value = "http://127.0.0.1:8080")]
    pub(crate) url: String,
    /// Key that the server knows; better set PROMPTORY_KEY, which other users of this machine cannot see.
    #[arg(long, global = true, env = "PROMPTORY_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
    /// Work in this project (for the administrator's key, which belongs to none).
    #[arg(long, global = true, env = "PROMPTORY_PROJECT")]
    pub(crate) project: Option<String>,
    /// Print the server's JSON answer.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    Serve(Box<Serve>),
    /// Settings: what is in force and why, the documented defaults, a check of a file.
    Config {
        #[command(subcommand)]
        command: Config,
    },
    /// What settings and machine risk; exit code 1 when something will not work or is open to others.
    Doctor(Box<Doctor>),
    /// Bring the database to this program's schema, or back.
    Migrate(Migrate),
    /// Copy the SQLite database into a file, while the server runs or not.
    Backup(Backup),
    /// Put a copy in the place of the SQLite database; the server must not run.
    Restore(Restore),
    /// Prompts: list, show, create, edit, archive.
    Prompt {
        #[command(subcommand)]
        command: Prompt,
    },
    /// Versions of a prompt: create, list, show, archive.
    Version {
        #[command(subcommand)]
        command: Version,
    },
    /// Make a version live in an environment, at once.
    Activate(Activate),
    /// Bring a version to more and more callers of an environment.
    Deploy(Box<Deploy>),
    /// One deployment: show, start, pause, resume, advance, promote, abort.
    #[command(subcommand)]
    Deployment(Deployment),
    /// Requests for approval: list, show, request; emergencies and the look at them afterwards.
    Approvals {
        #[command(subcommand)]
        command: Approvals,
    },
    /// Approve a request, for the stage that is open.
    Approve(Decision),
    /// Reject a request; that is final.
    Reject(Decision),
    /// Ask for changes: nothing is approved until you approve.
    RequestChanges(Decision),
    /// Say something of a request, or answer what was said.
    Comment(Words),
    /// Take a request back.
    Withdraw(Decision),
    /// What an environment asks for before it serves something new.
    Policy {
        #[command(subcommand)]
        command: Policy,
    },
    /// The next patch of what is live in an environment, live there at once.
    Patch(Patch),
    /// Several prompts together, all or none: create, list, show, rollback.
    #[command(subcommand)]
    Release(Release),
    /// Take back what an environment serves: end a rollout, or make an earlier version live again.
    Rollback(Box<Rollback>),
    /// What was taken back, by whom, why, and how long it took.
    Rollbacks(Rollbacks),
    /// Names that point to versions of a prompt.
    #[command(subcommand)]
    Label(Label),
    /// Saved variables of a prompt, to render and compare with.
    #[command(subcommand)]
    Sample(Sample),
    /// What was brought where, when, and how far it came.
    Deployments(Deployments),
    /// Everything that happened in the project, newest first.
    History(History),
    /// Ask for a prompt the way a program does; with variables it is rendered.
    Resolve(Resolve),
    /// Why a program gets the version that it gets; exit code 1 when it gets none.
    Explain(Explain),
    /// The live build of an environment, now or at a time in the past.
    Active(Active),
    /// All that is live in an environment, as programs load it.
    Snapshot(Snapshot),
    /// What changes in an environment, as it changes; Ctrl-C ends it.
    Stream(Stream),
    /// Fill in a version or a draft, without activating it.
    Render(Render),
    /// The whole project as a folder of readable files, or as an archive of them.
    Export(Export),
    /// Take in such a folder, or plain Markdown, dotprompt, prompty and history files.
    Import(Import),
    /// Bring a folder up to date with the server.
    Pull(Pull),
    /// Bring the server up to date with a folder; nothing is deleted there.
    Push(Push),
    /// What differs between a folder and the server; exit code 1 when something does.
    Diff(Diff),
    /// Whether a folder would be taken and its samples render; exit code 1 when not. For pull requests.
    Check(Check),
    /// Calls of models: list, show, follow, export, record, erase.
    Executions {
        #[command(subcommand)]
        command: Executions,
    },
    /// Say something of an execution, a session, a user or a version.
    Score(Box<Score>),
    /// What the project keeps of executions.
    Recording {
        #[command(subcommand)]
        command: Recording,
    },
    /// Whether statistics are what was recorded.
    Verify {
        #[command(subcommand)]
        command: Verify,
    },
    /// What calls of models cost: list, show, add, delete, import, cost, apply.
    Prices {
        #[command(subcommand)]
        command: Prices,
    },
    /// Keys for programs and people.
    Key {
        #[command(subcommand)]
        command: Key,
    },
    /// Who is told of what happens, by signed messages.
    Webhook {
        #[command(subcommand)]
        command: Webhook,
    },
    /// People of the project and their roles.
    User {
        #[command(subcommand)]
        command: User,
    },
    /// Environments, in their order towards users.
    Environment {
        #[command(subcommand)]
        command: Environment,
    },
    /// Projects (for administrators of the server).
    Project {
        #[command(subcommand)]
        command: Project,
    },
    /// Prove an installation with a probe prompt, which is taken away again; exit code 1 when something does not work.
    VerifyInstall(VerifyInstall),
    /// Whether a server can serve prompts; exit code 3 when it cannot. Needs no key.
    Health,
    /// The servers of the instance (for administrators of it).
    Server {
        #[command(subcommand)]
        command: Server,
    },
    /// Which project, key and rights a command would use.
    Whoami,
    /// Statistics of executions: summary, series, errors, countries, two versions compared.
    Analytics {
        #[command(subcommand)]
        command: Analytics,
    },
    /// The audit log and its proof.
    Audit {
        #[command(subcommand)]
        command: Audit,
    },
    /// Load a small project of example prompts; running it again changes nothing.
    Demo,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn wrong_use_is_refused_before_anything_is_sent() {
        let refused = |line: &str| {
            let words = line.split(' ');
            assert!(Cli::try_parse_from(words).is_err(), "{line}");
        };
        refused("promptory version create a");
        refused("promptory version create a --file x --bump minor --set-version 1.2.0");
        refused("promptory render");
        refused("promptory render a");
        refused("promptory render a latest --draft x");
        refused("promptory key create ci --scope everything");
        refused("promptory key create ci");
        refused("promptory prices add openai gpt-4o --input 1");
        refused("promptory prices add openai gpt-4o --input .5 --output 1");
        refused("promptory prices list --layer theirs");
        refused("promptory executions record");
        refused("promptory executions export --format xml");
        refused("promptory executions list --min-latency-ms long");
        refused("promptory score thumbs true");
        refused("promptory score thumbs true --user u");
        refused("promptory score thumbs true --prompt a");
        refused("promptory score thumbs true --execution x --session y");
        refused("promptory score thumbs true --execution x --prompt a");
        refused("promptory recording set");
        refused("promptory recording set --bodies maybe");
        refused("promptory recording set --tag a --no-tags");
        refused("promptory recording set --redact email");
        refused("promptory recording set --file {} --bodies drop");
        refused("promptory verify");
        refused("promptory user add a@b.example");
        refused("promptory user add a@b.example --role emperor");
        refused("promptory user roles a@b.example");
        refused("promptory prompt create a --kind poem");
        refused("promptory prompt create a --note x");
        refused("promptory prompt edit a");
        refused("promptory audit verify --expect now");
        refused("promptory label set a stable");
        refused("promptory sample set a ada --description x");
        refused("promptory render --draft x --sample ada");
        refused("promptory version compare a 1 2 --environment production");
        refused("promptory version list a --sort version");
        refused("promptory environment policy production");
        refused("promptory environment policy production --rollback never");
        refused("promptory policy set production --stage review");
        refused("promptory policy set production --no-stages --stage review:1:admin");
        refused("promptory policy reset production");
        refused("promptory approvals review x");
        refused("promptory approvals review x --right --wrong");
        refused("promptory snapshot --output x --json");
        refused("promptory analytics compare a 1.0.0");
        refused("promptory analytics series --interval week");
        refused("promptory rollback a --environment production");
        refused("promptory rollback --reason bad");
        refused("promptory rollback a --deployment d --reason bad");
        refused("promptory release create a --environment production");
        refused("promptory release rollback x");
        refused("promptory restore");
        refused("promptory restore x --after-external");
        refused("promptory restore --after-external --force");
    }

    #[test]
    fn right_use_is_understood() {
        let taken = |line: &str| {
            let parsed = Cli::try_parse_from(line.split(' '));
            assert!(parsed.is_ok(), "{line}: {}", parsed.err().map(|e| e.to_string()).unwrap_or_default());
        };
        taken("promptory policy set production --stage review:2:approver,a@b.example --allow-author false");
        taken("promptory policy reset production --reason locked-out --json");
        taken("promptory request-changes x --comment shorter");
        taken("promptory approvals list --mine --state open");
        taken("promptory activate a 1.0.0 --environment production --emergency down");
        taken("promptory --json prompt list --tag a");
        taken("promptory prompt list --json --limit 3");
        taken("promptory prompt edit a --description=");
        taken("promptory resolve a --version 1.0.0 --user u --var x=y=z --var-json n=1");
        taken("promptory render a latest --var x=y");
        taken("promptory render a latest --sample ada --environment production");
        taken("promptory prompt list --sort -changed");
        taken("promptory prompt copy a b --version 1.0.0");
        taken("promptory version list a --sort -sequence --status draft");
        taken("promptory version archive a 1 --dry-run");
        taken("promptory sample set a ada --variables {} --var x=y");
        taken("promptory explain a --user u --version ^1.2");
        taken("promptory --key k explain a");
        taken("promptory render --draft - --chat");
        taken("promptory key create ci --scope read,render --scope write");
        taken("promptory key create ci --scope read --user ada@example.com");
        taken("promptory user add a@b.example --name Ada --role editor,operator --role approver");
        taken("promptory prices add openai gpt-4o --input 0.15 --output 6e-1 --tiers [] --instance");
        taken("promptory prices cost gpt-4o --input-tokens 5 --batch --json");
        taken("promptory prices import - --dry-run");
        taken("promptory prices apply --from 2026-11-20T00:00:00Z");
        taken(
            "promptory executions list --status error,timeout --unpriced --min-latency-ms 2e3 --key k --user u",
        );
        taken("promptory executions tail --prompt a --version 1.0.0 --json");
        taken("promptory executions export --format csv --from 2026-11-20T00:00:00Z --output -");
        taken("promptory executions record -");
        taken("promptory executions erase u --reason x");
        taken("promptory score quality -0.5 --execution x --source judge");
        taken("promptory score purchase true --user u --prompt a");
        taken("promptory score accuracy 0.9 --prompt a --version 1.0.0");
        taken("promptory recording set --retention-days 7 --tag plan --tag channel --redact card=[0-9]{16}");
        taken("promptory verify rollups --repair --to 2026-11-20T00:00:00Z");
        taken("promptory user list --limit 3");
        taken("promptory audit verify --expect 12:ab01");
        taken("promptory migrate down --steps 2");
        taken("promptory migrate status --data-dir x --config y");
        taken("promptory serve --log-level debug --connections 5 --cors-origins a,b");
        taken("promptory config check x.toml");
        taken("promptory config show --listen 127.0.0.1:1");
        taken("promptory analytics summary --group-by prompt,tag:plan --version 1.0.0 --limit 5");
        taken("promptory analytics series --metric count,latency_p95 --interval day --zone Europe/Berlin");
        taken("promptory analytics errors --error-type rate_limit --json");
        taken("promptory analytics countries --from 2026-11-20T08:00:00Z");
        taken("promptory analytics compare a/b 1.0.0 latest --since 2026-11-20T08:00:00Z");
        taken("promptory rollback a --environment production --to last_known_good --reason bad --emergency");
        taken("promptory rollback a --preview");
        taken("promptory rollback --deployment d --reason bad --acknowledge-rollback");
        taken("promptory release create a@1 b@latest --include-dependents --step 10@0 --dry-run");
        taken("promptory release rollback x --reason bad");
        taken("promptory backup --output x --json");
        taken("promptory restore x --force");
        taken("promptory restore --after-external");
    }

    #[test]
    fn the_reference_names_every_command_and_flag() {
        let page = include_str!("../../../docs/cli.md");
        let mut commands = vec![("promptory".to_owned(), Cli::command())];
        while let Some((path, command)) = commands.pop() {
            for flag in command.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(page.contains(&format!("--{flag}")), "docs/cli.md says nothing of {path} --{flag}");
            }
            let groups = command.get_subcommands().next().is_some();
            assert!(groups || page.contains(&path), "docs/cli.md says nothing of {path}");
            for inner in command.get_subcommands() {
                commands.push((format!("{path} {}", inner.get_name()), inner.clone()));
            }
        }
    }
}
