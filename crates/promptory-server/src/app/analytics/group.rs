//! Which cells and rows a question is about, and to which line of the answer each belongs.

use std::{collections::HashMap, sync::Arc};

use promptory_api::analytics::Group;
use promptory_core::analytics::{Cube, Key};

use super::ask::{Dimension, Filter, LinesById, Question};
use crate::{
    recording::Line,
    serving::{PromptEntry, Snapshot},
};

/// A line of the answer. The shape of messages is for lists of errors only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Named {
    pub group: Group,
    pub shape: Option<String>,
}

/// Prompts as they are now, by id; without those that no question is about.
#[derive(Clone, Default)]
pub struct Prompts(Arc<HashMap<Box<str>, Arc<PromptEntry>>>);

impl Prompts {
    pub fn of(snapshot: &Snapshot, question: &Question) -> Self {
        use Dimension::{Category, Owner, Prompt};
        let Filter { categories, owners, .. } = &question.filter;
        let asked = [Prompt, Category, Owner].into_iter().any(|dimension| question.groups(dimension));
        if !asked && categories.is_none() && owners.is_none() {
            return Self::default();
        }
        let all = snapshot.entries().map(|entry| (entry.id.clone(), Arc::clone(entry)));
        Self(Arc::new(all.collect()))
    }

    /// A deleted one is called by its id.
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, |entry| &entry.name)
    }

    fn about(&self, id: &str, look: fn(&PromptEntry) -> &str) -> &str {
        self.0.get(id).map_or("", |entry| look(entry))
    }
}

/// What cells and rows say beside their line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Texts<'a> {
    /// In the cube of totals, which has no lines.
    pub environment: Option<&'a str>,
    pub provider: &'a str,
    pub model: &'a str,
    pub country: &'a str,
    pub status: &'a str,
    pub error_type: &'a str,
    pub shape: &'a str,
    pub tags: &'a [(&'a str, &'a str)],
}

/// Tells lines of the answer apart, by small numbers. What was met before is found without looking at it again.
pub struct Grouper {
    question: Arc<Question>,
    lines: LinesById,
    prompts: Prompts,
    with_lines: bool,
    by_line: HashMap<i64, Option<u32>>,
    by_text: HashMap<Box<[u8]>, Option<u32>>,
    parts: Parts,
    pairs: HashMap<(u32, u32), u32>,
    pub groups: Vec<Named>,
    /// A line was met that nobody knows: another server made it just now.
    pub missing: bool,
}

#[derive(Default)]
struct Parts {
    all: Vec<Group>,
    shapes: Vec<Option<String>>,
    known: HashMap<(Group, Option<String>), u32>,
}

impl Parts {
    fn number(&mut self, group: Group, shape: Option<String>) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        *self.known.entry((group, shape)).or_insert_with_key(|(group, shape)| {
            self.all.push(group.clone());
            self.shapes.push(shape.clone());
            next
        })
    }
}

impl Grouper {
    pub fn new(question: &Arc<Question>, lines: &LinesById, prompts: Prompts) -> Self {
        Self {
            question: Arc::clone(question),
            lines: Arc::clone(lines),
            prompts,
            with_lines: needs_lines(question),
            by_line: HashMap::new(),
            by_text: HashMap::new(),
            parts: Parts::default(),
            pairs: HashMap::new(),
            groups: Vec::new(),
            missing: false,
        }
    }

    pub fn prompts(&self) -> &Prompts {
        &self.prompts
    }

    /// Of a cell. None: the question is not about it.
    pub fn of_key(&mut self, cube: Cube, key: &[u8]) -> Option<u32> {
        let (line, rest) = key.split_first_chunk::<8>()?;
        let (purpose, texts) = rest.split_first()?;
        if !self.purpose(i64::from(*purpose)) {
            return None;
        }
        let line = match cube {
            Cube::Total => None,
            _ => Some(self.line(i64::from_be_bytes(*line))?),
        };
        let texts = match self.by_text.get(texts) {
            Some(known) => *known,
            None => {
                let read = Key::read(key)?;
                let found = self.texts(&of_cube(cube, &read.texts, &mut [("", "")]));
                self.by_text.insert(texts.into(), found);
                found
            }
        };
        Some(self.pair(line, texts?))
    }

    /// Of an execution.
    pub fn of_row(&mut self, line: i64, purpose: i64, texts: &Texts<'_>) -> Option<u32> {
        if !self.purpose(purpose) {
            return None;
        }
        let line = self.line(line)?;
        let texts = self.texts(texts)?;
        Some(self.pair(Some(line), texts))
    }

    fn purpose(&self, number: i64) -> bool {
        usize::try_from(number)
            .ok()
            .and_then(|at| self.question.filter.purposes.get(at))
            .is_some_and(|on| *on)
    }

    fn line(&mut self, id: i64) -> Option<u32> {
        if let Some(known) = self.by_line.get(&id) {
            return *known;
        }
        let found = if self.with_lines {
            match self.lines.get(&id) {
                Some(line) if takes_line(&self.question.filter, line, &self.prompts) => {
                    Some(self.parts.number(line_group(&self.question, line, &self.prompts), None))
                }
                Some(_) => None,
                None => {
                    self.missing = true;
                    None
                }
            }
        } else {
            Some(self.parts.number(Group::default(), None))
        };
        self.by_line.insert(id, found);
        found
    }

    fn texts(&mut self, texts: &Texts<'_>) -> Option<u32> {
        let question = &self.question;
        let filter = &question.filter;
        let takes = takes(filter.providers.as_deref(), texts.provider)
            && takes(filter.models.as_deref(), texts.model)
            && takes(filter.countries.as_deref(), texts.country)
            && takes(filter.statuses.as_deref(), texts.status)
            && takes(filter.error_types.as_deref(), texts.error_type)
            && texts.environment.is_none_or(|found| takes(filter.environments.as_deref(), found))
            && (filter.tags.is_empty() || filter.tags.iter().any(|wanted| has_tag(wanted, texts.tags)));
        if !takes {
            return None;
        }
        let mut group = Group::default();
        let mut shape = None;
        for dimension in &question.by {
            let value = |text: &str| Some(text.to_owned());
            match dimension {
                Dimension::Provider => group.provider = value(texts.provider),
                Dimension::Model => group.model = value(texts.model),
                Dimension::Country => group.country = value(texts.country),
                Dimension::Status => group.status = value(texts.status),
                Dimension::ErrorType => group.error_type = value(texts.error_type),
                Dimension::Shape => shape = value(texts.shape),
                Dimension::Environment => group.environment = texts.environment.and_then(value),
                // An execution without the tag is in no line.
                Dimension::Tag => group.tag = Some(tag_value(question.by_tag.as_deref(), texts.tags)?),
                Dimension::Prompt
                | Dimension::Version
                | Dimension::Variant
                | Dimension::Category
                | Dimension::Owner => {}
            }
        }
        Some(self.parts.number(group, shape))
    }

    fn pair(&mut self, line: Option<u32>, texts: u32) -> u32 {
        let pair = (line.unwrap_or(u32::MAX), texts);
        if let Some(known) = self.pairs.get(&pair) {
            return *known;
        }
        let place = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let mut group = self.parts.all[place(texts)].clone();
        if let Some(line) = line {
            let Group { prompt, version, environment, variant, category, owner, .. } =
                self.parts.all[place(line)].clone();
            group = Group { prompt, version, environment, variant, category, owner, ..group };
        }
        let number = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.groups.push(Named { group, shape: self.parts.shapes[place(texts)].clone() });
        self.pairs.insert(pair, number);
        number
    }
}

/// Whether it matters who answered.
pub fn needs_lines(question: &Question) -> bool {
    use Dimension::{Category, Environment, Owner, Prompt, Variant, Version};
    let Filter { prompts, versions, environments, variants, categories, owners, .. } = &question.filter;
    prompts.is_some()
        || [versions, environments, variants, categories, owners].into_iter().any(Option::is_some)
        || [Prompt, Version, Environment, Variant, Category, Owner]
            .into_iter()
            .any(|one| question.groups(one))
}

/// Whether a line is what is asked about.
pub fn takes_line(filter: &Filter, line: &Line, prompts: &Prompts) -> bool {
    let id = &line.prompt_id;
    filter.prompts.as_ref().is_none_or(|all| all.contains(&line.prompt))
        && takes(filter.versions.as_deref(), &line.version)
        && takes(filter.environments.as_deref(), &line.environment)
        && takes(filter.variants.as_deref(), &line.variant)
        && takes(filter.categories.as_deref(), prompts.about(id, |entry| &entry.about.category))
        && takes(filter.owners.as_deref(), prompts.about(id, |entry| &entry.about.owner))
}

fn takes(wanted: Option<&[Box<str>]>, found: &str) -> bool {
    wanted.is_none_or(|wanted| wanted.iter().any(|word| &**word == found))
}

fn has_tag((name, value): &(Box<str>, Option<Box<str>>), tags: &[(&str, &str)]) -> bool {
    tags.iter()
        .any(|(known, found)| *known == &**name && value.as_deref().is_none_or(|value| value == *found))
}

fn tag_value(name: Option<&str>, tags: &[(&str, &str)]) -> Option<String> {
    tags.iter().find(|(known, _)| Some(*known) == name).map(|(_, value)| (*value).to_owned())
}

fn line_group(question: &Question, line: &Line, prompts: &Prompts) -> Group {
    let on = |dimension, text: &str| question.groups(dimension).then(|| text.to_owned());
    let id = &line.prompt_id;
    Group {
        prompt: on(Dimension::Prompt, prompts.name(id)),
        version: on(Dimension::Version, &line.version),
        environment: on(Dimension::Environment, &line.environment),
        variant: on(Dimension::Variant, &line.variant),
        category: on(Dimension::Category, prompts.about(id, |entry| &entry.about.category)),
        owner: on(Dimension::Owner, prompts.about(id, |entry| &entry.about.owner)),
        ..Group::default()
    }
}

/// What the texts in the keys of a cube are.
fn of_cube<'a>(cube: Cube, texts: &[&'a str], tag: &'a mut [(&'a str, &'a str); 1]) -> Texts<'a> {
    let text = |place: usize| texts.get(place).copied().unwrap_or_default();
    let none = Texts::default();
    match cube {
        Cube::Total => Texts { environment: Some(text(0)), ..none },
        Cube::Line => none,
        Cube::Model => Texts { provider: text(0), model: text(1), ..none },
        Cube::Country => Texts { country: text(0), ..none },
        Cube::Outcome => Texts { status: text(0), error_type: text(1), shape: text(2), ..none },
        Cube::Tag => {
            tag[0] = (text(0), text(1));
            Texts { tags: tag, ..none }
        }
    }
}
