//! From what a caller wrote to a question: which executions, over which time, by what.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use promptory_api::analytics::AnalyticsQuery;
use promptory_core::{
    analytics::{Grain, OTHER, STATUSES, Zone, is_country, short},
    limits,
};

use super::plan::Range;
use crate::{
    app::{Ctx, Outcome, references},
    numbers::number_text,
    page,
    recording::Line,
    refusal::{Code, Refusal},
    serving::{PromptEntry, Snapshot},
};

pub type LinesById = Arc<HashMap<i64, Arc<Line>>>;

/// Values that a refusal lists.
const SHOWN: usize = 20;
const DEFAULT_RANGE_DAYS: i64 = 1;

macro_rules! dimensions {
    ($($name:ident = $word:literal,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Dimension { $($name,)* Tag, Shape }

        const WORDS: &[(&str, Dimension)] = &[$(($word, Dimension::$name),)*];
    };
}

dimensions! {
    Prompt = "prompt",
    Version = "version",
    Environment = "environment",
    Variant = "variant",
    Provider = "provider",
    Model = "model",
    Country = "country",
    Status = "status",
    ErrorType = "error_type",
    Category = "category",
    Owner = "owner",
}

type Words = Option<Vec<Box<str>>>;
/// Name and, unless any will do, value.
pub type Tag = (Box<str>, Option<Box<str>>);

/// Each is absent, or a list of which one must be met.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Short, as in lines.
    pub prompts: Option<Vec<i64>>,
    pub versions: Words,
    pub environments: Words,
    pub variants: Words,
    pub categories: Words,
    pub owners: Words,
    pub providers: Words,
    pub models: Words,
    pub countries: Words,
    pub statuses: Words,
    pub error_types: Words,
    pub tags: Vec<Tag>,
    /// By number.
    pub purposes: [bool; 3],
}

#[derive(Clone, Debug)]
pub struct Question {
    pub filter: Filter,
    pub by: Vec<Dimension>,
    /// Of the tag in `by`.
    pub by_tag: Option<Box<str>>,
    pub range: Range,
    pub zone: Zone,
    pub limit: usize,
}

impl Question {
    /// # Errors
    /// An unknown prompt is 404, any other value that cannot be is 422.
    pub async fn new(ctx: &Ctx, query: &AnalyticsQuery, lines: &LinesById) -> Outcome<Self> {
        let (by, by_tag) = grouping(query.group_by.as_deref())?;
        let given = [("from", query.from.as_deref()), ("to", query.to.as_deref())];
        let range = range(ctx.now.micros(), given, DEFAULT_RANGE_DAYS, Grain::Minute)?;
        let zone = match query.zone.as_deref() {
            None => Zone::utc(),
            Some(name) => Zone::named(name).ok_or_else(|| {
                invalid(format!(
                    "zone={name}: use a name of the IANA database, such as Europe/Berlin or UTC."
                ))
            })?,
        };
        let limit = usize::try_from(page::limit(query.limit)?).unwrap_or(usize::MAX);
        let (mut filter, names) = {
            let snapshot = ctx.project.snapshot();
            let mut filter = filter(ctx, &snapshot, query, lines)?;
            let (ids, names) = prompts(&snapshot, query.prompt.as_deref(), lines)?;
            filter.prompts = ids;
            (filter, names)
        };
        filter.versions = match words(&query.version) {
            None => None,
            Some(wanted) => Some(versions(ctx, wanted, (&filter, &names), lines).await?),
        };
        Ok(Self { filter, by, by_tag, range, zone, limit })
    }

    pub fn groups(&self, dimension: Dimension) -> bool {
        self.by.contains(&dimension)
    }
}

pub(super) fn invalid(detail: impl Into<String>) -> Refusal {
    Refusal::invalid("", detail)
}

/// The values between commas. One that holds a comma itself is among them too.
fn words(given: &Option<String>) -> Words {
    let given = given.as_deref()?;
    let mut words: Vec<Box<str>> = given.split(',').map(|word| word.trim().into()).collect();
    if words.len() > 1 {
        words.push(given.into());
    }
    Some(words)
}

fn grouping(given: Option<&str>) -> Outcome<(Vec<Dimension>, Option<Box<str>>)> {
    let (mut by, mut tag): (Vec<Dimension>, Option<Box<str>>) = (Vec::new(), None);
    for word in given.into_iter().flat_map(|given| given.split(',')).map(str::trim) {
        let dimension = match word.strip_prefix("tag:").filter(|name| !name.is_empty()) {
            Some(name) if tag.as_deref().is_some_and(|known| known != name) => {
                return Err(invalid(format!("group_by={word}: one tag at a time.")));
            }
            Some(name) => {
                tag = Some(name.into());
                Dimension::Tag
            }
            None => {
                WORDS.iter().find(|(known, _)| *known == word).map(|(_, found)| *found).ok_or_else(|| {
                    let known: Vec<&str> = WORDS.iter().map(|(known, _)| *known).collect();
                    invalid(format!(
                        "group_by={word}: use one or several of {}, tag:<name>.",
                        known.join(", ")
                    ))
                })?
            }
        };
        if !by.contains(&dimension) {
            by.push(dimension);
        }
    }
    Ok((by, tag))
}

/// The time between two parameters; the first is so many days before the second when it is not given.
pub(super) fn range(
    now: i64,
    [(first, from), (second, to)]: [(&str, Option<&str>); 2],
    days: i64,
    grain: Grain,
) -> Outcome<Range> {
    let (from_given, to_given) = (from.is_some(), to.is_some());
    let to = page::time(second, to)?.unwrap_or(now);
    let from = page::time(first, from)?.unwrap_or(grain.start(to - days * Grain::Day.micros()));
    if from >= to {
        let now = if to_given { "" } else { ", which is now" };
        return Err(invalid(format!("{first} must be before {second}{now}.")));
    }
    Ok(Range { from, to, from_given, to_given })
}

/// Short ids of the prompts, and the names of those that are there. A deleted one is known by its id.
fn prompts(
    snapshot: &Snapshot,
    given: Option<&str>,
    lines: &LinesById,
) -> Outcome<(Option<Vec<i64>>, Vec<String>)> {
    let Some(given) = given else { return Ok((None, Vec::new())) };
    let find = |name: &str| match snapshot.prompt(name) {
        Some(entry) => Some((short(&entry.id), Some(entry.name.to_string()))),
        None => lines.values().find(|line| &*line.prompt_id == name).map(|line| (line.prompt, None)),
    };
    // A name may hold a comma.
    let found = match find(given) {
        Some(whole) => vec![whole],
        None => {
            let each = given.split(',').map(|name| find(name).ok_or_else(|| Refusal::no_prompt(name)));
            each.collect::<Outcome<_>>()?
        }
    };
    let (ids, names): (Vec<i64>, Vec<Option<String>>) = found.into_iter().unzip();
    Ok((Some(ids), names.into_iter().flatten().collect()))
}

fn filter(ctx: &Ctx, snapshot: &Snapshot, query: &AnalyticsQuery, lines: &LinesById) -> Outcome<Filter> {
    let of_prompts = |name: &str, given: &Option<String>, look: fn(&PromptEntry) -> &str| {
        let there = || snapshot.entries().map(|entry| look(entry)).filter(|value| !value.is_empty());
        known(name, words(given), |wanted| wanted.is_empty() || there().any(|value| value == wanted), there)
    };
    let environments = known(
        "environment",
        environments(ctx, query.environment.as_deref())?,
        |wanted| {
            let used = || lines.values().any(|line| &*line.environment == wanted);
            snapshot.environment(wanted).is_some() || used()
        },
        || snapshot.environments.iter().map(|environment| environment.name.as_str()),
    )?;
    let statuses = STATUSES.map(|status| status.as_str());
    Ok(Filter {
        environments,
        variants: words(&query.variant),
        categories: of_prompts("category", &query.category, |entry| &entry.about.category)?,
        owners: of_prompts("owner", &query.owner, |entry| &entry.about.owner)?,
        providers: words(&query.provider),
        models: words(&query.model),
        countries: countries(&query.country)?,
        statuses: known(
            "status",
            words(&query.status),
            |wanted| statuses.contains(&wanted),
            || statuses.into_iter(),
        )?,
        error_types: words(&query.error_type),
        tags: tags(query.tag.as_deref())?,
        purposes: purposes(query.purpose.as_deref())?,
        prompts: None,
        versions: None,
    })
}

/// A key that is bound to an environment sees that one.
fn environments(ctx: &Ctx, given: Option<&str>) -> Outcome<Words> {
    let Some(own) = ctx.caller.environment.as_deref() else { return Ok(words(&given.map(str::to_owned))) };
    ctx.environment(given)?;
    Ok(Some(vec![own.into()]))
}

/// Of several words each that is possible; a word that is not is refused with those that are.
fn known<'a, I: Iterator<Item = &'a str>>(
    name: &str,
    given: Words,
    is: impl Fn(&str) -> bool,
    there: impl Fn() -> I,
) -> Outcome<Words> {
    let Some(given) = given else { return Ok(None) };
    // With a comma in it, the last one is the whole.
    if let Some(whole) = given.last().filter(|_| given.len() > 1)
        && is(whole)
    {
        return Ok(Some(vec![whole.clone()]));
    }
    let alone = if given.len() > 1 { &given[..given.len() - 1] } else { &given[..] };
    if let Some(bad) = alone.iter().find(|word| !is(word)) {
        return Err(invalid(format!("{name}={bad}: {}", possible(there()))));
    }
    Ok(Some(alone.to_vec()))
}

fn possible<'a>(there: impl Iterator<Item = &'a str>) -> String {
    let all: BTreeSet<&str> = there.collect();
    let shown: Vec<&str> = all.iter().copied().take(SHOWN).collect();
    match (shown.len(), all.len() - shown.len()) {
        (0, _) => "there is none.".to_owned(),
        (_, 0) => format!("there are {}.", shown.join(", ")),
        (_, more) => format!("there are {} and {more} more.", shown.join(", ")),
    }
}

fn countries(given: &Option<String>) -> Outcome<Words> {
    let Some(given) = given.as_deref() else { return Ok(None) };
    let one = |word: &str| {
        let upper = word.trim().to_ascii_uppercase();
        match upper.as_str() {
            "" => Ok("".into()),
            "OTHER" => Ok(OTHER.into()),
            code if is_country(code) => Ok(code.into()),
            _ => Err(invalid(format!(
                "country={word}: use two letters of ISO 3166-1, such as DE; `other` for codes that are none."
            ))),
        }
    };
    Ok(Some(given.split(',').map(one).collect::<Outcome<_>>()?))
}

fn tags(given: Option<&str>) -> Outcome<Vec<Tag>> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let one = |word: &str| {
        let (name, value) = word.split_once(':').map_or((word, None), |(name, value)| (name, Some(value)));
        if name.is_empty() || name.len() > limits::TAG_BYTES {
            return Err(invalid(format!("tag={word}: use name or name:value.")));
        }
        Ok((name.into(), value.map(Into::into)))
    };
    given.split(',').map(one).collect()
}

fn purposes(given: Option<&str>) -> Outcome<[bool; 3]> {
    let mut purposes = [false; 3];
    for word in given.unwrap_or("live").split(',').map(str::trim) {
        match word {
            "all" => purposes = [true; 3],
            "live" => purposes[0] = true,
            "test" => purposes[1] = true,
            "eval" => purposes[2] = true,
            _ => return Err(invalid(format!("purpose={word}: use live, test, eval or all."))),
        }
    }
    Ok(purposes)
}

/// Numbers as lines have them. Of a single prompt any reference will do.
async fn versions(
    ctx: &Ctx,
    wanted: Vec<Box<str>>,
    (filter, names): (&Filter, &[String]),
    lines: &LinesById,
) -> Outcome<Vec<Box<str>>> {
    let ours = |line: &&Arc<Line>| filter.prompts.as_ref().is_none_or(|all| all.contains(&line.prompt));
    let there = || lines.values().filter(ours).map(|line| &*line.version);
    // The last of several is the whole: no version has a comma.
    let alone = if wanted.len() > 1 { &wanted[..wanted.len() - 1] } else { &wanted[..] };
    let mut found = Vec::with_capacity(alone.len());
    for word in alone {
        if there().any(|version| version == &**word) {
            found.push(word.clone());
            continue;
        }
        let stored = match names {
            [name] => reference(ctx, name, word).await?,
            _ => None,
        };
        let unknown = || invalid(format!("version={word}: {}", possible(there())));
        found.push(stored.ok_or_else(unknown)?);
    }
    Ok(found)
}

async fn reference(ctx: &Ctx, prompt: &str, word: &str) -> Outcome<Option<Box<str>>> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, prompt).await?;
    match references::version(ctx, &mut reader, &prompt, word).await {
        Ok(row) => Ok(Some(number_text(row.major, row.minor, row.patch, &row.pre).into())),
        Err(refusal) if matches!(refusal.code, Code::NotFound | Code::NothingLive) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}
