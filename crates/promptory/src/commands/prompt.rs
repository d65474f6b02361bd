//! `promptory prompt …`

use clap::{ArgGroup, Args, Subcommand};
use promptory_api::prompt::{NewPrompt, Prompt as PromptAnswer, PromptPatch};

use crate::commands::draft::{Draft, Kind};
use crate::commands::dry_run::DryRun;
use crate::commands::{history, prompt_change, prompt_show, prompt_uses};
use crate::context::Context;
use crate::failure::Failure;
use crate::input;
use crate::route::Route;

#[derive(Debug, Subcommand)]
pub(crate) enum Prompt {
    /// Prompts of the project and what is live where.
    List(List),
    /// One prompt.
    Show { name: String },
    /// A new prompt, with its first version when --file is given.
    Create(Create),
    /// Change description, category, tags, owner or metadata.
    Edit(Edit),
    /// Put a prompt away; it can be restored.
    Archive {
        name: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Take a prompt back from the archive.
    Restore {
        name: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Give a prompt another name; callers of the old one still get it.
    Rename {
        name: String,
        /// The new name.
        new: String,
    },
    /// Let a former name lead nowhere any more, so that another prompt may have it.
    ForgetName {
        name: String,
        /// The former name.
        former: String,
    },
    /// One version under a new name, as its 1.0.0.
    Copy {
        name: String,
        /// Name of the copy.
        new: String,
        /// Which version; absent: the newest.
        #[arg(long = "version", value_name = "REF")]
        reference: Option<String>,
    },
    /// Remove a prompt of which nothing was ever served, labelled or included, for good.
    Delete {
        name: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Versions whose text includes the prompt, and which of them are live.
    Dependents {
        name: String,
        /// At most so many versions; absent: all.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Who was given which version, how often and when last.
    Uses { name: String },
    /// Everything that happened to a prompt, newest first.
    History {
        name: String,
        /// At most so many entries; absent: all.
        #[arg(long)]
        limit: Option<usize>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only prompts in whose names, description, tags or newest text all of these words occur.
    #[arg(long)]
    query: Option<String>,
    #[arg(long)]
    tag: Option<String>,
    #[arg(long)]
    category: Option<String>,
    #[arg(long)]
    owner: Option<String>,
    /// Provider of the newest version.
    #[arg(long)]
    provider: Option<String>,
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// draft: live nowhere; testing: live, but not in production. Absent: active ones, which is all but archived.
    #[arg(long, value_parser = ["active", "draft", "testing", "production", "archived", "all"])]
    status: Option<String>,
    /// Changed, given a version or activated at or after it, such as 2026-11-20T08:00:00Z.
    #[arg(long, value_name = "TIME")]
    changed_since: Option<String>,
    /// With - in front the other way round [server's default: name].
    #[arg(long, allow_hyphen_values = true,
        value_parser = ["name", "-name", "created", "-created", "changed", "-changed"])]
    sort: Option<String>,
    /// At most so many prompts; absent: all.
    #[arg(long)]
    limit: Option<usize>,
}

/// What is said about a prompt beside its versions.
#[derive(Debug, Args)]
struct Metadata {
    #[arg(long)]
    description: Option<String>,
    #[arg(long)]
    category: Option<String>,
    /// May be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Who answers for it.
    #[arg(long)]
    owner: Option<String>,
    /// A JSON object of your own, or a file with one.
    #[arg(long, value_name = "FILE|JSON")]
    metadata: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Such as support/reply; slashes make folders.
    name: String,
    #[arg(long, value_enum, default_value = "text")]
    kind: Kind,
    #[command(flatten)]
    about: Metadata,
    /// Content of the first version (for chat a JSON list of messages); - is standard input.
    #[arg(long)]
    file: Option<String>,
    #[command(flatten, next_help_heading = "First version (with --file)")]
    draft: Draft,
    /// Why there is this version.
    #[arg(long, requires = "file")]
    note: Option<String>,
    /// Also make the first version live there.
    #[arg(long, value_name = "ENVIRONMENT", requires = "file")]
    activate: Option<String>,
    /// Store what looks like a secret, for this reason.
    #[arg(long, value_name = "REASON", requires = "file")]
    allow_secret: Option<String>,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true)
    .args(["description", "category", "tags", "owner", "metadata", "no_tags"]))]
pub(crate) struct Edit {
    name: String,
    #[command(flatten)]
    about: Metadata,
    /// Remove all tags.
    #[arg(long, conflicts_with = "tags")]
    no_tags: bool,
}

impl Prompt {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(context).await,
            Self::Show { name } => {
                let answer = context.client.get(&Route::prompt(&name)?).await?;
                context.show(&answer, prompt_show::describe)
            }
            Self::Create(create) => create.run(context).await,
            Self::Edit(edit) => edit.run(context).await,
            Self::Archive { name, dry_run } => {
                prompt_change::mark(context, &name, dry_run, "/archive", "archived").await
            }
            Self::Restore { name, dry_run } => {
                prompt_change::mark(context, &name, dry_run, "/restore", "restored").await
            }
            Self::Rename { name, new } => prompt_change::rename(context, &name, new).await,
            Self::ForgetName { name, former } => prompt_change::forget_name(context, &name, &former).await,
            Self::Copy { name, new, reference } => prompt_change::copy(context, &name, new, reference).await,
            Self::Delete { name, dry_run } => prompt_change::delete(context, &name, dry_run).await,
            Self::Dependents { name, limit } => prompt_uses::dependents(context, &name, limit).await,
            Self::Uses { name } => prompt_uses::uses(context, &name).await,
            Self::History { name, limit } => history::of_prompt(context, &name, limit).await,
        }
    }
}

impl List {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let filters = [
            ("query", self.query.as_deref()),
            ("tag", self.tag.as_deref()),
            ("category", self.category.as_deref()),
            ("owner", self.owner.as_deref()),
            ("provider", self.provider.as_deref()),
            ("kind", self.kind.map(Kind::as_str)),
            ("status", self.status.as_deref()),
            ("changed_since", self.changed_since.as_deref()),
        ];
        let filtered = filters.iter().any(|(_, value)| value.is_some());
        let route = Route::new("/prompts").query("sort", self.sort.as_deref());
        let route = filters.into_iter().fold(route, |route, (name, value)| route.query(name, value));
        prompt_show::list(context, route, self.limit, filtered).await
    }
}

impl Create {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let draft_flags = [&self.draft.variables, &self.draft.settings].iter().any(|flag| flag.is_some());
        if self.file.is_none() && (draft_flags || self.draft.template.is_some()) {
            return Err(Failure::Usage("--template, --variables and --settings need --file".into()));
        }
        let mut version = match &self.file {
            Some(file) => Some(self.draft.read(file, self.kind == Kind::Chat)?),
            None => None,
        };
        if let Some(version) = &mut version {
            version.note = self.note;
            version.activate = self.activate;
            version.allow_secret = self.allow_secret;
        }
        let metadata = self.about.metadata.as_deref();
        let body = NewPrompt {
            name: self.name,
            kind: self.kind.as_str().to_owned(),
            description: self.about.description,
            category: self.about.category,
            tags: (!self.about.tags.is_empty()).then_some(self.about.tags),
            owner: self.about.owner,
            metadata: metadata.map(|text| input::object_or_file(text, "--metadata")).transpose()?,
            version,
        };
        let answer = context.client.post(&Route::new("/prompts"), &body).await?;
        context.show(&answer, created)
    }
}

pub(crate) fn created(prompt: &PromptAnswer) -> String {
    let name = &prompt.name;
    let Some(latest) = &prompt.latest else {
        return format!(
            "Created {name} ({}), without versions yet.\n\
             Next: promptory version create '{name}' --file FILE",
            prompt.kind
        );
    };
    let mut text = format!("Created {name} ({}) with version {}.\n", prompt.kind, latest.version);
    if prompt.live.is_empty() {
        text.push_str(&format!(
            "Next: promptory activate '{name}' {} --environment development",
            latest.version
        ));
    }
    for (environment, version) in &prompt.live {
        text.push_str(&format!("Version {version} is live in {environment}.\n"));
    }
    text
}

impl Edit {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let tags = if self.no_tags {
            Some(Vec::new())
        } else {
            Some(self.about.tags).filter(|tags| !tags.is_empty())
        };
        let metadata = self.about.metadata.as_deref();
        let metadata = metadata.map(|text| input::object_or_file(text, "--metadata")).transpose()?;
        let body = PromptPatch {
            description: self.about.description.map(Some),
            category: self.about.category.map(Some),
            tags: tags.map(Some),
            owner: self.about.owner.map(Some),
            metadata: metadata.map(Some),
            ..PromptPatch::default()
        };
        let answer = context.client.patch(&Route::prompt(&self.name)?, &body).await?;
        context.show(&answer, prompt_show::describe)
    }
}
