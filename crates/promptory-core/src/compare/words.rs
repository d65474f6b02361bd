//! Which words of a replaced block changed.

use super::budget::Budget;
use super::matching::{gaps, matches, numbered};
use super::text::Piece;

/// Words, runs of blanks, and every other character by itself. Also each character of the scripts that are written
/// without blanks.
pub(super) fn tokens(text: &str) -> Vec<&str> {
    #[derive(PartialEq)]
    enum Class {
        Word,
        Blank,
        Single,
    }
    let class = |c: char| match c {
        '\n' => Class::Single,
        '\u{2e80}'.. => Class::Single,
        c if c.is_alphanumeric() || c == '_' => Class::Word,
        c if c.is_whitespace() => Class::Blank,
        _ => Class::Single,
    };
    let mut out = Vec::new();
    let (mut start, mut last) = (0, Class::Single);
    for (at, c) in text.char_indices() {
        let this = class(c);
        if at > start && (this == Class::Single || this != last) {
            out.push(&text[start..at]);
            start = at;
        }
        last = this;
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

/// The lines of both sides as pieces. Where next to nothing stays, whole lines are marked: single words that two
/// different sentences share say nothing.
pub(super) fn marked(from: &[&str], to: &[&str], budget: &mut Budget) -> (Vec<Vec<Piece>>, Vec<Vec<Piece>>) {
    let (old_text, new_text) = (from.concat(), to.concat());
    let (old, new) = (tokens(&old_text), tokens(&new_text));
    let (a, b) = numbered(old.iter(), new.iter());
    let runs = matches(&a, &b, budget);
    let (mut old_kept, mut new_kept) = (vec![true; old.len()], vec![true; new.len()]);
    for gap in gaps(&runs, old.len(), new.len()) {
        old_kept[gap.from].fill(false);
        new_kept[gap.to].fill(false);
    }
    // Blanks between two changed words change with them.
    for pair in runs.windows(1).filter(|run| run[0].len == 1 && old[run[0].from].trim().is_empty()) {
        let inner =
            pair[0].from > 0 && pair[0].from + 1 < old.len() && pair[0].to > 0 && pair[0].to + 1 < new.len();
        if inner && old[pair[0].from] != "\n" {
            old_kept[pair[0].from] = false;
            new_kept[pair[0].to] = false;
        }
    }
    let weight = |tokens: &[&str], kept: &[bool]| -> usize {
        tokens.iter().zip(kept).filter(|(_, kept)| **kept).map(|(token, _)| token.trim().len()).sum()
    };
    let stays = weight(&old, &old_kept);
    let smaller = weight(&old, &vec![true; old.len()]).min(weight(&new, &vec![true; new.len()]));
    if stays * 5 < smaller {
        old_kept.fill(false);
        new_kept.fill(false);
    }
    (pieces(from, &old, &old_kept), pieces(to, &new, &new_kept))
}

fn pieces(lines: &[&str], tokens: &[&str], kept: &[bool]) -> Vec<Vec<Piece>> {
    let mut rest = tokens.iter().zip(kept);
    let line = |line: &&str| {
        let (mut out, mut bytes): (Vec<Piece>, usize) = (Vec::new(), 0);
        while bytes < line.len() {
            let Some((token, kept)) = rest.next() else { break };
            bytes += token.len();
            match out.last_mut() {
                Some(last) if last.changed != *kept => last.text.push_str(token),
                _ => out.push(Piece { text: (*token).to_owned(), changed: !kept }),
            }
        }
        out
    };
    lines.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_and_signs() {
        assert_eq!(
            tokens("Be kind, don't_x.\n  日本 é9"),
            ["Be", " ", "kind", ",", " ", "don", "'", "t_x", ".", "\n", "  ", "日", "本", " ", "é9"]
        );
        assert!(tokens("").is_empty());
    }

    #[test]
    fn changed_words_are_marked() {
        let show = |lines: &[Vec<Piece>]| -> Vec<String> {
            let mark = |p: &Piece| if p.changed { format!("[{}]", p.text) } else { p.text.clone() };
            lines.iter().map(|line| line.iter().map(mark).collect()).collect()
        };
        let check = |from: &[&str], to: &[&str], old: &[&str], new: &[&str]| {
            let (a, b) = marked(from, to, &mut Budget::default());
            assert_eq!(
                (show(&a), show(&b)),
                (old.iter().map(|s| s.to_string()).collect(), new.iter().map(|s| s.to_string()).collect())
            );
        };
        check(
            &["You are kind.\n"],
            &["You are very kind.\n"],
            &["You are kind.\n"],
            &["You are [very ]kind.\n"],
        );
        check(&["a b c d\n"], &["a x y d\n"], &["a [b c] d\n"], &["a [x y] d\n"]);
        check(
            &["one two three\n"],
            &["one two\n", "three\n"],
            &["one two[ ]three\n"],
            &["one two[\n]", "three\n"],
        );
        check(&["nothing here\n"], &["stays as before\n"], &["[nothing here\n]"], &["[stays as before\n]"]);
    }

    proptest! {
        #[test]
        fn tokens_and_pieces_cover_the_text(from in "[a-c ,\\n]{0,20}", to in "[a-c ,\\n日]{0,20}") {
            prop_assert_eq!(tokens(&from).concat(), from.clone());
            let (a, b): (Vec<_>, Vec<_>) = (from.split_inclusive('\n').collect(), to.split_inclusive('\n').collect());
            let (old, new) = marked(&a, &b, &mut Budget::default());
            let text = |lines: &[Vec<Piece>]| lines.iter().flatten().map(|p| p.text.as_str()).collect::<String>();
            prop_assert_eq!((text(&old), text(&new)), (from, to));
        }
    }
}
