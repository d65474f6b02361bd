//! Counting single executions: what no cell tells apart, of the days that are kept, and not too many of them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use promptory_api::execution::ScoreValue;
use promptory_core::{
    analytics::{Cell, Fact, Grain, Sample, ScoreFact, Tokens, short},
    time::Timestamp,
};
use promptory_store::{SingleRow, Whose, day_of, days_from};

use super::{
    ask::{LinesById, Question, invalid},
    gather::{Sums, coverage},
    group::{Grouper, Prompts, Texts, needs_lines, takes_line},
};
use crate::{
    app::{Ctx, Outcome},
    recording::{intake::flags, scored, status, stored_score},
    refusal::Refusal,
};

/// Executions that are looked at for one answer.
const MOST: usize = 200_000;
/// Read at once.
const PAGE: i64 = 5_000;
/// Of fewer lines each is looked through by itself: their index has them in order.
const FEW_LINES: usize = 32;

/// # Errors
/// The database cannot be read, or there are too many executions.
pub async fn sums(
    ctx: &Ctx,
    question: &Arc<Question>,
    begins: Option<&[i64]>,
    lines: LinesById,
    prompts: Prompts,
) -> Outcome<Sums> {
    // Rows name lines that were stored with them: all are known after this.
    let lines = match needs_lines(question) {
        true => ctx.app.recording.lines.read_again(&ctx.app.store, &ctx.project.id).await?,
        false => lines,
    };
    let grouper = Grouper::new(question, &lines, prompts);
    let mut counting =
        Counting { grouper, begins, cells: HashMap::new(), places: HashMap::new(), looked_at: 0 };
    let all_days = ctx.app.store.days().await?;
    let (from, to) = (question.range.from, question.range.to);
    let days = days_from(&all_days, from);
    let project = Whose::Project(short(ctx.project.id.as_str()));
    let few = few_lines(question, &lines, counting.grouper.prompts());
    let subjects = few.unwrap_or_else(|| vec![project]);
    for day in &days {
        for whose in &subjects {
            counting.day(ctx, *whose, *day, (from, to)).await?;
        }
    }
    let mut remarks = Vec::new();
    if let Some(remark) = counting.later_scores(ctx, &days).await? {
        remarks.push(remark);
    }
    let policy = ctx.app.recording.policies.of(ctx).await?;
    let allowed = day_of(ctx.now.micros()) - policy.settings.retention_days;
    let kept = all_days.last().map_or(ctx.now.micros(), |day| allowed.max(*day) * Grain::Day.micros());
    if kept > from {
        remarks.push(format!(
            "Counted from single executions, which are kept of what was received since {}.",
            Timestamp::from_micros(kept).to_rfc3339()
        ));
    }
    let coverage = coverage((from, to), ctx.now.micros(), "raw", remarks);
    Ok(Sums { groups: counting.grouper.groups, cells: counting.cells, coverage })
}

/// None: so many that their project is looked through at once.
fn few_lines(question: &Question, lines: &LinesById, prompts: &Prompts) -> Option<Vec<Whose>> {
    if !needs_lines(question) {
        return None;
    }
    let ours = lines.values().filter(|line| takes_line(&question.filter, line, prompts));
    let ours: Vec<Whose> = ours.take(FEW_LINES + 1).map(|line| Whose::Line(line.id)).collect();
    (ours.len() <= FEW_LINES).then_some(ours)
}

struct Counting<'a> {
    grouper: Grouper,
    begins: Option<&'a [i64]>,
    cells: HashMap<(u32, u32), Cell>,
    /// Where each execution was counted, by number of its row.
    places: HashMap<i64, (u32, u32)>,
    looked_at: usize,
}

impl Counting<'_> {
    async fn day(&mut self, ctx: &Ctx, whose: Whose, day: i64, (from, to): (i64, i64)) -> Outcome<()> {
        // All of the first moment: numbers of rows are above zero.
        let mut after = (from, 0);
        loop {
            let rows = ctx.app.store.single_executions(whose, day, after, to, PAGE).await?;
            self.looked_at += rows.len();
            if self.looked_at > MOST {
                return Err(too_many());
            }
            for row in &rows {
                self.count(row);
            }
            match rows.last() {
                Some(last) if i64::try_from(rows.len()) == Ok(PAGE) => after = (last.started_at, last.n),
                _ => return Ok(()),
            }
        }
    }

    fn count(&mut self, row: &SingleRow) {
        let status = status(row.status);
        let tags: BTreeMap<String, String> = parsed(row.tags.as_deref());
        let tags: Vec<(&str, &str)> = tags.iter().map(|(name, value)| (&**name, &**value)).collect();
        let texts = Texts {
            environment: None,
            provider: text(&row.provider),
            model: text(&row.model),
            country: text(&row.country),
            status: status.as_str(),
            error_type: text(&row.error_type),
            shape: text(&row.error_shape),
            tags: &tags,
        };
        let Some(group) = self.grouper.of_row(row.line, row.purpose, &texts) else { return };
        let slot =
            self.begins.map_or(0, |begins| begins.partition_point(|begin| *begin <= row.started_at) - 1);
        let place = (group, u32::try_from(slot).unwrap_or(u32::MAX));
        let scores: BTreeMap<String, ScoreValue> = parsed(row.scores.as_deref());
        let scores: Vec<ScoreFact<'_>> =
            scores.iter().map(|(name, value)| ScoreFact { name, value: scored(value) }).collect();
        let fact = Fact {
            line: row.line,
            environment: "",
            purpose: 0,
            id: &row.id,
            started_at: row.started_at,
            late: row.flags & flags::LATE != 0,
            status,
            latency: row.latency,
            tokens: Tokens {
                input: row.input_tokens,
                output: row.output_tokens,
                cached_read: row.cached_tokens,
                cached_write: row.cache_write_tokens,
                reasoning: row.reasoning_tokens,
            },
            cost: row.cost,
            provider: texts.provider,
            model: texts.model,
            country: texts.country,
            error_type: texts.error_type,
            error_shape: texts.shape,
            tags: &[],
            scores: &scores,
        };
        self.cells.entry(place).or_default().add(&Sample::new(&fact));
        self.places.insert(row.n, place);
    }

    /// What was said of the executions after they were recorded; a remark when that is too much.
    async fn later_scores(&mut self, ctx: &Ctx, days: &[i64]) -> Outcome<Option<String>> {
        let project = short(ctx.project.id.as_str());
        let mut looked_at = 0;
        for day in days.iter().filter(|_| !self.places.is_empty()) {
            let mut after = 0;
            loop {
                let rows = ctx.app.store.scores_of_project(project, (*day, after), PAGE).await?;
                looked_at += rows.len();
                if looked_at > MOST {
                    return Ok(Some(
                        "Scores that came after their executions are not all counted.".to_owned(),
                    ));
                }
                for row in &rows {
                    let place = row.execution_n.and_then(|n| self.places.get(&n));
                    let Some(cell) = place.and_then(|place| self.cells.get_mut(place)) else { continue };
                    let value = stored_score(row.units, row.category.as_deref());
                    cell.score(&ScoreFact { name: &row.name, value });
                }
                match rows.last() {
                    Some(last) if i64::try_from(rows.len()) == Ok(PAGE) => after = last.n,
                    _ => break,
                }
            }
        }
        Ok(None)
    }
}

fn text(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

fn parsed<T: serde::de::DeserializeOwned + Default>(json: Option<&str>) -> T {
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

fn too_many() -> Refusal {
    invalid(format!(
        "What is told apart here is not counted ahead, and more than {MOST} single executions would have to be looked \
         at. Shorten the time, name prompts or environments, or drop filters and groups until at most one of these \
         is left: provider and model; country; status and error_type; one of the project's chosen tags."
    ))
}
