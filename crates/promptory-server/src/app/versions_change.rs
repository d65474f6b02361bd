//! A new version: checked before the lock is taken, numbered under it.

use std::collections::HashSet;

use promptory_api::version::{Creation, NewVersion, Version};
use promptory_core::{
    access::Permission,
    approval::Emergency,
    contract::Bump,
    definition::{Definition, Kind, NewDefinition},
    name::PromptName,
    numbering::{Number, Wanted},
};
use promptory_store::{HighestVersion, NewInclude, PromptRow, VersionFacts, VersionRow, WriteTx};
use serde_json::{Value, json};

use super::{
    Ctx, Outcome, builds,
    deployments::{self, Applied, Target},
    emergencies,
    prompts::{self, about},
    references,
    versions_number::{Plan, plan},
    wire::{self, Pointing, written},
};
use crate::{
    check::{Checks, json_text},
    compare_wire::contract_change,
    numbers::{column, number_text},
    refusal::{Code, Refusal},
};

/// A new version that passed every check that needs no lock.
pub(super) struct Draft {
    pub(super) definition: Definition,
    pub(super) content_hash: String,
    pub(super) warnings: Vec<String>,
    pub(super) wanted: Wanted,
    pub(super) allow_breaking: bool,
    pub(super) allow_duplicate: bool,
    pub(super) allow_secret: Option<String>,
    pub(super) note: String,
    pub(super) metadata: String,
    pub(super) tags: String,
    pub(super) activate: Option<String>,
    /// Somebody does without approval.
    pub(super) emergency: Option<Emergency>,
    /// What goes live was taken back there, and that is known.
    pub(super) acknowledged: bool,
    /// It has the content of an older version that was live there.
    pub(super) reverts: bool,
    /// Variables were inferred from the text.
    pub(super) inferred: bool,
    pub(super) dry_run: bool,
    pub(super) source: Source,
}

/// Who made it, and when, where it was imported from.
#[derive(Clone, Default)]
pub(super) struct Source {
    pub(super) author: Option<String>,
    pub(super) created_at: Option<i64>,
}

/// # Errors
/// Every problem of the draft at once, with pointers below `prefix`; or the key may not activate.
pub(super) fn check(ctx: &Ctx, kind: Kind, new: &NewVersion, prefix: &str) -> Outcome<Draft> {
    let mut checks = Checks::under(prefix);
    let allow_secret = new.allow_secret.as_ref().filter(|reason| !reason.trim().is_empty());
    if new.allow_secret.is_some() && allow_secret.is_none() {
        checks.add("empty", "/allow_secret", "Say why the secret may be stored.");
    }
    checks.text("/allow_secret", new.allow_secret.as_deref(), promptory_core::limits::REASON_BYTES);
    checks.note("/note", new.note.as_deref(), allow_secret.is_some());
    checks.tags(new.tags.as_deref());
    checks.metadata(new.metadata.as_ref());
    if allow_secret.is_none() {
        checks.secrets("/settings", new.settings.as_ref());
        checks.secrets("/variables", new.variables.as_ref());
    }
    let wanted = wanted(new, &mut checks);
    let checked = Definition::check_with_includes(&NewDefinition {
        kind,
        content: &new.content,
        template: new.template.as_deref(),
        variables: new.variables.as_ref(),
        settings: new.settings.as_ref(),
        allow_secret: allow_secret.is_some(),
    });
    let checked = match checked {
        Ok(checked) => Some(checked),
        Err(violations) => {
            checks.extend(Refusal::violations(Code::Invalid, violations));
            None
        }
    };
    checks.finish()?;
    let Some(checked) = checked else { return Err(Refusal::invalid(prefix, "The version is not valid.")) };
    let activate = match new.activate.as_deref() {
        Some(environment) => Some(may_activate(ctx, environment, &format!("{prefix}/activate"))?),
        None => None,
    };
    let emergency =
        emergencies::with_version(ctx, new.emergency.as_ref(), (prefix, "activate", activate.is_some()))?;
    Ok(Draft {
        content_hash: checked.definition.content_hash(),
        definition: checked.definition,
        warnings: checked.warnings,
        wanted,
        allow_breaking: new.allow_breaking.unwrap_or(false),
        allow_duplicate: new.allow_duplicate.unwrap_or(false),
        allow_secret: allow_secret.cloned(),
        note: new.note.clone().unwrap_or_default(),
        metadata: json_text(&new.metadata.clone().unwrap_or_default()),
        tags: json_text(&new.tags.as_deref().unwrap_or_default()),
        activate,
        emergency,
        acknowledged: new.acknowledge_rollback.unwrap_or(false),
        reverts: false,
        inferred: new.variables.is_none(),
        dry_run: new.dry_run.unwrap_or(false),
        source: Source::default(),
    })
}

fn wanted(new: &NewVersion, checks: &mut Checks) -> Wanted {
    if new.bump.is_some() && new.version.is_some() {
        checks.add("exclusive", "/version", "Give `bump` or `version`, not both.");
    }
    if let Some(text) = &new.version {
        return match Number::parse(text) {
            Ok(given) if given.pre.is_empty() => Wanted::Exact(given),
            Ok(_) => {
                checks.add("number", "/version", "Pre-releases belong to branches; give major.minor.patch.");
                Wanted::Auto
            }
            Err(why) => {
                checks.add("number", "/version", why);
                Wanted::Auto
            }
        };
    }
    match new.bump.as_deref() {
        None | Some("auto") => Wanted::Auto,
        Some("patch") => Wanted::Bump(Bump::Patch),
        Some("minor") => Wanted::Bump(Bump::Minor),
        Some("major") => Wanted::Bump(Bump::Major),
        Some(other) => {
            checks.add("bump", "/bump", format!("{other:?} is no bump; use auto, major, minor or patch."));
            Wanted::Auto
        }
    }
}

/// Creating needs `write`; going live at once needs `deploy` as well.
pub(super) fn may_activate(ctx: &Ctx, environment: &str, pointer: &str) -> Outcome<String> {
    if !Permission::Deploy.allows(ctx.caller.scopes, ctx.caller.instance_admin) {
        return Err(Refusal::new(
            Code::Forbidden,
            format!("To activate, a key needs {}.", Permission::Deploy.needs()),
        ));
    }
    ctx.environment_to_change(Some(environment), pointer)
}

/// # Errors
/// See [`check`]; also a duplicate, a taken or too low number, an archived prompt.
pub async fn create(ctx: &Ctx, name: &str, new: &NewVersion) -> Outcome<Version> {
    // The kind decides how the content is read; it never changes, so it may be looked up before the lock. The
    // snapshot has it without a query unless another server created the prompt a moment ago.
    let known = ctx.project.snapshot().prompt(name).map(|entry| entry.kind.to_string());
    let kind = match known {
        Some(kind) => kind,
        None => {
            let mut reader = ctx.app.store.read().await?;
            references::prompt(&mut reader.project(&ctx.project.id), name).await?.kind
        }
    };
    let mut draft = check(ctx, wire::kind(&kind, "")?, new, "")?;
    draft.look_at_includes(ctx, name).await?;
    let (dry_run, emergency) = (draft.dry_run, draft.emergency.clone());
    let (mut tx, prompt, highest) = begin(ctx, name, &draft.content_hash).await?;
    let version = insert(ctx, &mut tx, &prompt, highest, draft).await?;
    if dry_run {
        return Ok(Version { dry_run, ..version });
    }
    ctx.remember(&mut tx, 201, &version).await?;
    let detail = audit_detail(&version, emergency.as_ref());
    let audit = about(ctx, "version.create", &prompt.id, &prompt.name, &detail);
    ctx.commit(tx, audit).await?;
    Ok(version)
}

/// Begins a change that makes a version with this content.
pub(super) async fn begin(
    ctx: &Ctx,
    name: &str,
    content_hash: &str,
) -> Outcome<(WriteTx, PromptRow, Option<HighestVersion>)> {
    let folded = references::folded(name)?;
    let store = &ctx.app.store;
    let (mut tx, prompt, highest) =
        store.write_version(&ctx.project.id, ctx.now, (&folded, content_hash)).await?;
    if prompt.is_some() {
        let prompt = references::named(&mut tx.project(), prompt, name).await?;
        return Ok((tx, prompt, highest));
    }
    let prompt = references::named(&mut tx.project(), None, name).await?;
    let highest = tx.project().highest_version(&prompt.id, content_hash).await?;
    Ok((tx, prompt, highest))
}

impl Draft {
    /// Checks what it includes as far as that exists, before any lock is taken.
    pub(super) async fn look_at_includes(&mut self, ctx: &Ctx, name: &str) -> Outcome<()> {
        if self.definition.includes().is_empty() {
            return Ok(());
        }
        let mut reader = ctx.app.store.read().await?;
        let subject = (name, &mut self.definition, self.inferred);
        let known =
            builds::check(ctx, &mut reader.project(&ctx.project.id), subject, self.activate.as_deref())
                .await?;
        if !known.violations.is_empty() {
            return Err(Refusal::violations(Code::IncludeFailed, known.violations));
        }
        self.warnings.extend(known.missing.into_iter().map(|missing| missing.detail));
        self.content_hash = self.definition.content_hash();
        Ok(())
    }

    fn new_includes(&self) -> Vec<NewInclude> {
        let mut seen = HashSet::new();
        let includes = self.definition.includes().into_iter().filter(|one| seen.insert(one.written()));
        let row = |include: promptory_core::include::IncludeRef| NewInclude {
            name_folded: PromptName::parse(&include.name).map(|name| name.folded()).unwrap_or_default(),
            name: include.name,
            reference: include.reference,
        };
        includes.map(row).collect()
    }
}

/// Numbers and writes the version inside the caller's change, above the highest that there is.
pub(super) async fn insert(
    ctx: &Ctx,
    tx: &mut WriteTx,
    prompt: &PromptRow,
    highest: Option<HighestVersion>,
    draft: Draft,
) -> Outcome<Version> {
    prompts::takes_changes(prompt)?;
    let mut warnings = draft.warnings.clone();
    if highest.as_ref().is_some_and(|highest| highest.same_sequence.is_some())
        && let Some(same) = tx.project().same_content(&prompt.id, &draft.content_hash).await?
    {
        let number = number_text(same.major, same.minor, same.patch, &same.pre);
        let detail = format!(
            "Version {number} (sequence {}) has the same content. Use it, or send `allow_duplicate: true`.",
            same.sequence
        );
        if !draft.allow_duplicate {
            return Err(Refusal::new(Code::DuplicateContent, detail).existing(number, same.sequence));
        }
        warnings.push(format!("Version {number} has the same content (allow_duplicate)."));
    }
    let plan = plan(tx, prompt, &draft, highest).await?;
    if plan.too_low() {
        warnings.push("The number promises less than what changes for callers (allow_breaking).".to_owned());
    }
    write(ctx, tx, prompt, draft, plan, warnings).await
}

/// Writes a version whose number is decided.
pub(super) async fn write(
    ctx: &Ctx,
    tx: &mut WriteTx,
    prompt: &PromptRow,
    draft: Draft,
    plan: Plan,
    mut warnings: Vec<String>,
) -> Outcome<Version> {
    let row = new_row(ctx, tx, prompt, &draft, &plan);
    tx.insert_version(&row).await?;
    let includes = draft.new_includes();
    tx.insert_includes(&row.id, &includes).await?;
    let stored = stored(tx, row);
    let deployment = match &draft.activate {
        Some(environment) => {
            let cause = if draft.reverts { "revert" } else { "activate" };
            let target = Target {
                emergency: draft.emergency.clone(),
                acknowledged: draft.acknowledged,
                reverts: draft.reverts,
                ..Target::of(cause, prompt, &stored, environment, &draft.note)
            };
            match deployments::apply(ctx, tx, &target).await? {
                Applied::New(deployment) => Some(*deployment),
                Applied::Already { deployment_id, .. } => return Err(wire::damaged("live", &deployment_id)),
            }
        }
        None => None,
    };
    let facts = match deployment {
        Some(_) => tx.project().version_facts(&stored.id).await?,
        None => VersionFacts::default(),
    };
    let pointing = Pointing {
        labels: vec!["latest".to_owned()],
        dependencies: includes.iter().map(|one| written(&one.name, one.reference.as_deref())).collect(),
    };
    let mut version = wire::version(stored, (&prompt.name, &prompt.kind), facts, pointing)?;
    if let Some(reason) = &draft.allow_secret {
        warnings.push(format!("The check for secrets was overridden: {reason}"));
    }
    version.created = Some(Creation {
        compared_with: plan.base.map(|base| base.to_string()),
        changes: plan.changes.into_iter().map(contract_change).collect(),
        warnings,
        deployment,
    });
    Ok(version)
}

fn new_row(
    ctx: &Ctx,
    tx: &WriteTx,
    prompt: &PromptRow,
    draft: &Draft,
    plan: &Plan,
) -> promptory_store::NewVersion {
    promptory_store::NewVersion {
        id: crate::ids::uuid_v7(&*ctx.app.ids, tx.at()),
        prompt_id: prompt.id.clone(),
        sequence: plan.sequence,
        major: column(plan.number.major),
        minor: column(plan.number.minor),
        patch: column(plan.number.patch),
        pre: plan.number.pre.clone(),
        content: draft.definition.content_json(),
        template: draft.definition.language.as_str().to_owned(),
        variables: draft.definition.variables_json(),
        settings: draft.definition.settings_json(),
        content_hash: draft.content_hash.clone(),
        note: draft.note.clone(),
        metadata: draft.metadata.clone(),
        tags: draft.tags.clone(),
        author: ctx.caller.name.to_string(),
        author_user: ctx.caller.person().map(str::to_owned),
        source_author: draft.source.author.clone(),
        source_created_at: draft.source.created_at,
    }
}

/// The row as the database now has it, without reading it again.
fn stored(tx: &WriteTx, new: promptory_store::NewVersion) -> VersionRow {
    VersionRow {
        id: new.id,
        prompt_id: new.prompt_id,
        sequence: new.sequence,
        major: new.major,
        minor: new.minor,
        patch: new.patch,
        pre: new.pre,
        content: new.content,
        template: new.template,
        variables: new.variables,
        settings: new.settings,
        content_hash: new.content_hash,
        note: new.note,
        metadata: new.metadata,
        tags: new.tags,
        author: new.author,
        created_at: tx.at().micros(),
        archived_at: None,
        deprecated_at: None,
        source_author: new.source_author,
        source_created_at: new.source_created_at,
    }
}

/// Versions are named by number and hash; their text stays out of the audit log.
pub(super) fn audit_detail(version: &Version, emergency: Option<&Emergency>) -> Value {
    let created = version.created.as_ref();
    let deployment = created.and_then(|created| created.deployment.as_ref());
    json!({
        "version": version.version,
        "sequence": version.sequence,
        "content_hash": version.content_hash,
        "note": version.note,
        "warnings": created.map(|created| &created.warnings),
        "activated": deployment.map(|deployment| json!({
            "environment": deployment.environment, "from": deployment.from, "deployment": deployment.id,
            "state": deployment.state, "basis": deployment.basis,
            "emergency": emergency.map(|emergency| &emergency.reason),
        })),
    })
}
