//! Which elements of two lists stay: lines, words or messages, as numbers that are equal where the elements are.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::budget::Budget;

/// A run of equal elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) len: usize,
}

/// Elements between two runs, on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) from: Range<usize>,
    pub(super) to: Range<usize>,
}

/// Equal elements get equal numbers.
pub(super) fn numbered<T: Hash + Eq>(
    from: impl Iterator<Item = T>,
    to: impl Iterator<Item = T>,
) -> (Vec<u32>, Vec<u32>) {
    let mut numbers: HashMap<T, u32> = HashMap::new();
    let mut number = |element: T| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(element).or_insert(next)
    };
    let from = from.map(&mut number).collect();
    (from, to.map(&mut number).collect())
}

/// What stays, in order, as maximal runs.
///
/// A list whose worst case is too large is first cut at the elements that are unique on both sides; what is then
/// still too large counts as replaced.
pub(super) fn matches(from: &[u32], to: &[u32], budget: &mut Budget) -> Vec<Match> {
    let mut found = Vec::new();
    let whole = trim(from, to, Gap { from: 0..from.len(), to: 0..to.len() }, &mut found);
    if budget.has(worst_case(&whole)) {
        search(from, to, &whole, budget, &mut found);
    } else {
        let mut start = (whole.from.start, whole.to.start);
        let end = (whole.from.end, whole.to.end);
        for (a, b) in anchors(from, to, &whole).into_iter().chain([end]) {
            let gap = Gap { from: start.0..a.max(start.0), to: start.1..b.max(start.1) };
            let gap = trim(from, to, gap, &mut found);
            search(from, to, &gap, budget, &mut found);
            if (a, b) != end {
                found.push(Match { from: a, to: b, len: 1 });
                start = (a + 1, b + 1);
            }
        }
    }
    joined(found)
}

/// What lies between the runs, and around them.
pub(super) fn gaps(matches: &[Match], from: usize, to: usize) -> Vec<Gap> {
    let mut start = (0, 0);
    let mut found = Vec::new();
    for run in matches.iter().chain([&Match { from, to, len: 0 }]) {
        let gap = Gap { from: start.0..run.from, to: start.1..run.to };
        if !(gap.from.is_empty() && gap.to.is_empty()) {
            found.push(gap);
        }
        start = (run.from + run.len, run.to + run.len);
    }
    found
}

/// Takes what is equal at both ends.
fn trim(from: &[u32], to: &[u32], gap: Gap, found: &mut Vec<Match>) -> Gap {
    let (a, b) = (&from[gap.from.clone()], &to[gap.to.clone()]);
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    found.push(Match { from: gap.from.start, to: gap.to.start, len: head });
    found.push(Match { from: gap.from.end - tail, to: gap.to.end - tail, len: tail });
    Gap { from: gap.from.start + head..gap.from.end - tail, to: gap.to.start + head..gap.to.end - tail }
}

/// The algorithm takes at most elements × edits.
fn worst_case(gap: &Gap) -> u64 {
    let elements = (gap.from.len() + gap.to.len()) as u64;
    if gap.from.is_empty() || gap.to.is_empty() { 0 } else { elements.saturating_mul(elements) }
}

fn search(from: &[u32], to: &[u32], gap: &Gap, budget: &mut Budget, found: &mut Vec<Match>) {
    if gap.from.is_empty() || gap.to.is_empty() || !budget.allows(worst_case(gap)) {
        return;
    }
    let mut kept = 0;
    for op in capture_diff_slices(Algorithm::Myers, &from[gap.from.clone()], &to[gap.to.clone()]) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            kept += len;
            found.push(Match { from: gap.from.start + old_index, to: gap.to.start + new_index, len });
        }
    }
    let elements = gap.from.len() + gap.to.len();
    let edits = elements - 2 * kept;
    budget.take(elements as u64 * (edits as u64 + 1));
}

/// Pairs of elements that are unique on both sides, as many as keep their order.
fn anchors(from: &[u32], to: &[u32], gap: &Gap) -> Vec<(usize, usize)> {
    let unique = |list: &[u32], range: &Range<usize>| {
        let mut places: HashMap<u32, Option<usize>> = HashMap::new();
        for at in range.clone() {
            places.entry(list[at]).and_modify(|place| *place = None).or_insert(Some(at));
        }
        places
    };
    let (old, new) = (unique(from, &gap.from), unique(to, &gap.to));
    let pair = |at: usize| {
        let number = from[at];
        (old.get(&number)? == &Some(at))
            .then(|| new.get(&number).copied().flatten())
            .flatten()
            .map(|b| (at, b))
    };
    increasing(&gap.from.clone().filter_map(pair).collect::<Vec<_>>())
}

/// The longest part whose second numbers increase; the first ones do already.
fn increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The pair that ends the best chain of each length, and for each pair the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, (_, b)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *b);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut chain = Vec::new();
    let mut next = ends.last().copied();
    while let Some(at) = next {
        chain.push(pairs[at]);
        next = before[at];
    }
    chain.reverse();
    chain
}

fn joined(mut found: Vec<Match>) -> Vec<Match> {
    found.retain(|run| run.len > 0);
    found.sort_by_key(|run| run.from);
    let mut out: Vec<Match> = Vec::with_capacity(found.len());
    for run in found {
        match out.last_mut() {
            Some(last) if last.from + last.len == run.from && last.to + last.len == run.to => {
                last.len += run.len;
            }
            _ => out.push(run),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(from: &[u32], to: &[u32], budget: &mut Budget) -> usize {
        let found = matches(from, to, budget);
        let mut end = (0, 0);
        for run in &found {
            assert!(run.len > 0 && run.from >= end.0 && run.to >= end.1, "{found:?}");
            assert_eq!(from[run.from..run.from + run.len], to[run.to..run.to + run.len]);
            end = (run.from + run.len, run.to + run.len);
        }
        assert!(end.0 <= from.len() && end.1 <= to.len());
        found.iter().map(|run| run.len).sum()
    }

    #[test]
    fn anchors_help_where_the_budget_does_not_reach() {
        let from: Vec<u32> = (0..10_000).collect();
        let mut to = from.clone();
        for at in (0..10_000).step_by(100) {
            to[at] = 20_000 + u32::try_from(at).expect("small");
        }
        to.remove(5_001);
        let mut budget = Budget::new(1_000_000);
        assert_eq!(check(&from, &to, &mut budget), 10_000 - 100 - 1);
        assert!(!budget.was_exceeded());
    }

    #[test]
    fn without_anchors_it_is_coarse() {
        let from: Vec<u32> = (0..20_000).map(|i| i * 7 % 13).collect();
        let to: Vec<u32> = (0..20_000).map(|i| i * 5 % 11).collect();
        let mut budget = Budget::default();
        check(&from, &to, &mut budget);
        assert!(budget.was_exceeded());
    }

    proptest! {
        #[test]
        fn runs_are_equal_and_in_order(
            from in prop::collection::vec(0u32..9, 0..40), to in prop::collection::vec(0u32..9, 0..40), steps in 0u64..3_000,
        ) {
            check(&from, &to, &mut Budget::new(steps));
            prop_assert_eq!(check(&from, &from, &mut Budget::new(0)), from.len());
        }

        #[test]
        fn gaps_and_runs_cover_both(from in prop::collection::vec(0u32..5, 0..20), to in prop::collection::vec(0u32..5, 0..20)) {
            let runs = matches(&from, &to, &mut Budget::default());
            let between = gaps(&runs, from.len(), to.len());
            let kept: usize = runs.iter().map(|run| run.len).sum();
            prop_assert_eq!(kept + between.iter().map(|gap| gap.from.len()).sum::<usize>(), from.len());
            prop_assert_eq!(kept + between.iter().map(|gap| gap.to.len()).sum::<usize>(), to.len());
        }
    }
}
