//! Lines in memory: what the numbers in rows and cells stand for.

use std::{collections::HashMap, sync::Arc};

use promptory_core::{analytics::short, id::ProjectId};
use promptory_store::{LineRow, NewLine, Result, Store};

use crate::numbers::number_text;

/// Who answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: i64,
    pub prompt_id: Box<str>,
    /// Short.
    pub prompt: i64,
    pub version_id: Box<str>,
    /// Its number, such as `1.2.0`; the id, if the version was deleted.
    pub version: Box<str>,
    pub environment: Box<str>,
    /// Empty where there is none, as for the two below.
    pub deployment_id: Box<str>,
    pub experiment_id: Box<str>,
    pub variant: Box<str>,
}

impl Line {
    /// The number follows from what it stands for.
    pub fn number(project: &ProjectId, parts: [&str; 6]) -> i64 {
        let mut text = project.as_str().to_owned();
        for part in parts {
            text.push('\u{1f}');
            text.push_str(part);
        }
        short(&text)
    }

    pub fn stored(&self, project: &ProjectId) -> NewLine {
        NewLine {
            id: self.id,
            project_id: project.to_string(),
            prompt_id: self.prompt_id.to_string(),
            version_id: self.version_id.to_string(),
            environment: self.environment.to_string(),
            deployment_id: self.deployment_id.to_string(),
            experiment_id: self.experiment_id.to_string(),
            variant: self.variant.to_string(),
        }
    }
}

impl From<LineRow> for Line {
    fn from(row: LineRow) -> Self {
        let number = match (row.major, row.minor, row.patch, &row.pre) {
            (Some(major), Some(minor), Some(patch), Some(pre)) => number_text(major, minor, patch, pre),
            _ => row.version_id.clone(),
        };
        Self {
            id: row.id,
            prompt: short(&row.prompt_id),
            prompt_id: row.prompt_id.into(),
            version_id: row.version_id.into(),
            version: number.into(),
            environment: row.environment.into(),
            deployment_id: row.deployment_id.into(),
            experiment_id: row.experiment_id.into(),
            variant: row.variant.into(),
        }
    }
}

type OfProject = Arc<HashMap<i64, Arc<Line>>>;

/// By project, and all together. A line never changes, so what is known stays right.
#[derive(Default)]
pub struct Lines {
    of: papaya::HashMap<ProjectId, OfProject>,
    all: papaya::HashMap<i64, Arc<Line>>,
}

/// Lines by their numbers alone, for as long as many are looked up.
pub struct ByNumber<'a>(&'a papaya::HashMap<i64, Arc<Line>>);

impl ByNumber<'_> {
    pub fn get(&self, id: i64) -> Option<Arc<Line>> {
        self.0.pin().get(&id).map(Arc::clone)
    }
}

impl Lines {
    /// All that are known, read once from the database. One that is missing may be another server's: then
    /// [`Lines::read_again`].
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn of(&self, store: &Store, project: &ProjectId) -> Result<OfProject> {
        if let Some(known) = self.of.pin().get(project) {
            return Ok(Arc::clone(known));
        }
        self.read_again(store, project).await
    }

    /// # Errors
    /// The database cannot be read.
    pub async fn read_again(&self, store: &Store, project: &ProjectId) -> Result<OfProject> {
        let rows = store.lines(project.as_str()).await?;
        let read: HashMap<i64, Arc<Line>> =
            rows.into_iter().map(|row| (row.id, Arc::new(Line::from(row)))).collect();
        let known = self.of.pin();
        // What was added meanwhile and is not in the database yet stays.
        let merged = known.update_or_insert_with(
            project.clone(),
            |old| {
                let mut all = (**old).clone();
                all.extend(read.iter().map(|(id, line)| (*id, Arc::clone(line))));
                Arc::new(all)
            },
            || Arc::new(read.clone()),
        );
        Ok(Arc::clone(merged))
    }

    pub fn get(&self, project: &ProjectId, id: i64) -> Option<Arc<Line>> {
        self.of.pin().get(project)?.get(&id).map(Arc::clone)
    }

    pub fn by_number(&self) -> ByNumber<'_> {
        ByNumber(&self.all)
    }

    pub fn add(&self, project: &ProjectId, line: &Arc<Line>) {
        self.all.pin().insert(line.id, Arc::clone(line));
        self.of.pin().update_or_insert_with(
            project.clone(),
            |old| {
                let mut all = (**old).clone();
                all.insert(line.id, Arc::clone(line));
                Arc::new(all)
            },
            || Arc::new([(line.id, Arc::clone(line))].into()),
        );
    }
}
