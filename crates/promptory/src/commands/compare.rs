//! `promptory version compare`

use std::fmt::Write;

use clap::Args;
use promptory_api::compare::{
    Compare as Body, Comparison, Difference, Hunk, MessageDiff, RenderedDiff, Side, Verdict,
};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Args)]
pub(crate) struct Compare {
    name: String,
    /// 1.2.0, a sequence number, latest, a label, or an environment (what is live there).
    from: String,
    to: String,
    /// Saved variables of the prompt: also compare what a model sees when both are filled in with them.
    #[arg(long, value_name = "SAMPLE")]
    sample: Option<String>,
    /// Where included prompts are looked up; absent: their newest versions.
    #[arg(long, requires = "sample")]
    environment: Option<String>,
}

impl Compare {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::prompt(&self.name)?.then("/compare");
        let body = Body {
            from: self.from,
            to: Some(self.to),
            sample: self.sample,
            environment: self.environment,
            ..Body::default()
        };
        let answer = context.client.post(&route, &body).await?;
        context.show(&answer, describe)
    }
}

fn side(side: &Side) -> String {
    match (&side.version, side.sequence) {
        (Some(version), Some(sequence)) => format!("{version} (number {sequence})"),
        _ => "draft".to_owned(),
    }
}

fn describe(comparison: &Comparison) -> String {
    let content = &comparison.content;
    let mut out = format!(
        "{} → {}: {} lines added, {} removed.\n",
        side(&comparison.from),
        side(&comparison.to),
        content.added_lines,
        content.removed_lines
    );
    if content.coarse {
        out.push_str("The texts are so large and different that parts are shown as replaced.\n");
    }
    for hunk in content.hunks.iter().flatten() {
        write_hunk(&mut out, hunk);
    }
    for message in content.messages.iter().flatten().filter(|message| message.change != "equal") {
        write_message(&mut out, message);
    }
    if let Some(template) = &comparison.template {
        differences(&mut out, "Template", std::slice::from_ref(template));
    }
    differences(&mut out, "Variables", &comparison.variables);
    differences(&mut out, "Settings", &comparison.settings);
    differences(&mut out, "Metadata", &comparison.metadata);
    verdict(&mut out, "For callers", &comparison.forward);
    if let Some(rendered) = &comparison.rendered {
        write_rendered(&mut out, rendered);
    }
    out
}

fn write_rendered(out: &mut String, rendered: &RenderedDiff) {
    let title = match (rendered.problems.is_empty(), rendered.hunks.is_empty()) {
        (false, _) => "Filled in, they cannot be compared:",
        (true, true) => "Filled in, both are the same.",
        (true, false) => "Filled in:",
    };
    let _ = writeln!(out, "{title}");
    for problem in &rendered.problems {
        let _ = writeln!(out, "  {problem}");
    }
    for hunk in &rendered.hunks {
        write_hunk(out, hunk);
    }
}

fn write_hunk(out: &mut String, hunk: &Hunk) {
    let Hunk { from_start, from_lines, to_start, to_lines, .. } = hunk;
    // Writing to a String cannot fail.
    let _ = writeln!(out, "@@ -{from_start},{from_lines} +{to_start},{to_lines} @@");
    for line in &hunk.lines {
        let mark = match line.kind.as_str() {
            "added" => '+',
            "removed" => '-',
            _ => ' ',
        };
        let text: String = line.pieces.iter().map(|piece| piece.text.as_str()).collect();
        let _ = writeln!(out, "{mark}{}", text.trim_end_matches(['\r', '\n']));
    }
}

fn write_message(out: &mut String, message: &MessageDiff) {
    let slot = message.to.as_ref().or(message.from.as_ref());
    let what =
        slot.and_then(|slot| slot.role.clone().or_else(|| slot.placeholder.clone())).unwrap_or_default();
    let number = slot.map_or(0, |slot| slot.index + 1);
    let _ = writeln!(out, "Message {number} ({what}): {}", message.change);
    for hunk in message.hunks.iter().flatten() {
        write_hunk(out, hunk);
    }
}

fn differences(out: &mut String, title: &str, list: &[Difference]) {
    for (i, difference) in list.iter().enumerate() {
        if i == 0 {
            let _ = writeln!(out, "{title}:");
        }
        let name = &difference.name;
        let _ = match (&difference.before, &difference.after) {
            (None, Some(after)) => writeln!(out, "  + {name}: {after}"),
            (Some(before), None) => writeln!(out, "  - {name}: {before}"),
            (Some(before), Some(after)) => writeln!(out, "  ~ {name}: {before} → {after}"),
            (None, None) => Ok(()),
        };
    }
}

fn verdict(out: &mut String, title: &str, verdict: &Verdict) {
    let word = if verdict.replaceable { "can replace it" } else { "breaks callers" };
    let _ = writeln!(out, "{title}: {word} ({}).", verdict.bump);
    for change in &verdict.changes {
        let _ = writeln!(out, "  {}  {}", change.bump, change.detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_reads_like_a_diff() {
        let comparison: Comparison = serde_json::from_str(
            r#"{"from":{"version":"1.0.0","sequence":1,"content_hash":"a"},
            "to":{"version":null,"sequence":null,"content_hash":"b"},
            "content":{"added_lines":1,"removed_lines":1,"added_chars":1,"removed_chars":1,"coarse":false,
              "hunks":[{"from_start":1,"from_lines":1,"to_start":1,"to_lines":1,"lines":[
                {"kind":"removed","from":1,"to":null,"pieces":[{"text":"Hello\r\n","changed":true}]},
                {"kind":"added","from":null,"to":1,"pieces":[{"text":"Hi","changed":true}]}]}]},
            "template":null,"variables":[{"name":"tone","after":{"name":"tone"}}],
            "settings":[{"name":"temperature","before":0.70,"after":1}],"metadata":[],
            "forward":{"replaceable":false,"bump":"major","changes":[
              {"bump":"major","code":"c","subject":"tone","detail":"tone is new."}]},
            "backward":{"replaceable":true,"bump":"patch","changes":[]},"performance":null,
            "rendered":{"hunks":[],"problems":["1.0.0: tone is missing"]}}"#,
        )
        .expect("a comparison");
        let text = describe(&comparison);
        for expected in [
            "1.0.0 (number 1) → draft: 1 lines added, 1 removed.",
            "@@ -1,1 +1,1 @@\n-Hello\n+Hi\n",
            "  + tone: {\"name\":\"tone\"}",
            "  ~ temperature: 0.70 → 1",
            "For callers: breaks callers (major).\n  major  tone is new.",
            "Filled in, they cannot be compared:\n  1.0.0: tone is missing\n",
        ] {
            assert!(text.contains(expected), "{expected:?} in {text}");
        }
    }
}
