//! The check of a new version, all problems at once.

use std::collections::HashSet;

use super::{
    Checked, Content, Definition, Language, NewDefinition, Part, Variable, content, settings, variables,
};
use crate::template;
use crate::violation::Violation;

pub(super) fn check(new: &NewDefinition<'_>, includes: bool) -> Result<Checked, Vec<Violation>> {
    let mut violations = Vec::new();
    let mut warnings = Vec::new();
    let language = match Language::parse(new.template.unwrap_or("jinja")) {
        Ok(language) => Some(language),
        Err(detail) => {
            violations.push(Violation::new("unsupported_template", "/template", detail));
            None
        }
    };
    let content = content::check(new.kind, new.content, new.allow_secret, &mut violations);
    let declared =
        new.variables.map(|given| variables::check(given, language, &mut violations, &mut warnings));
    let settings = settings::check(new.settings, &mut violations);
    let (Some(content), Some(language)) = (content, language) else { return Err(violations) };

    let (used, has_includes) = used_variables(&content, language, includes, &mut violations);
    let variables = match declared {
        Some(Some(declared)) => {
            compare_declared(&declared, &used, &mut violations);
            // What it includes may use the rest; a build knows, see `Build::unused`.
            if !has_includes {
                warnings.extend(unused(&declared, &used));
            }
            declared
        }
        // Its shape is wrong and has been reported; what is used cannot be compared with it.
        Some(None) => Vec::new(),
        None => infer(used, &mut violations),
    };
    let Some(settings) = settings else { return Err(violations) };
    if !violations.is_empty() {
        return Err(violations);
    }
    let definition = Definition { kind: new.kind, content, language, variables, settings };
    Ok(Checked { definition, warnings })
}

/// A use of a variable: its name, and where it was first seen.
struct Use {
    name: String,
    pointer: String,
    place: Option<(u32, u32)>,
    placeholder: bool,
}

fn used_variables(
    content: &Content,
    language: Language,
    includes: bool,
    violations: &mut Vec<Violation>,
) -> (Vec<Use>, bool) {
    let mut has_includes = false;
    let mut uses: Vec<Use> = Vec::new();
    let mut seen = HashSet::new();
    let mut text =
        |text: &str, pointer: String, uses: &mut Vec<Use>, seen: &mut HashSet<String>| match template::needs(
            language, text, includes,
        ) {
            Ok(needs) => {
                has_includes |= !needs.includes.is_empty();
                for found in needs.variables {
                    if seen.insert(found.name.clone()) {
                        let place = Some((found.line, found.column));
                        uses.push(Use {
                            name: found.name,
                            pointer: pointer.clone(),
                            place,
                            placeholder: false,
                        });
                    }
                }
            }
            Err(found) => {
                violations.extend(found.into_iter().map(|v| Violation { pointer: pointer.clone(), ..v }))
            }
        };
    match content {
        Content::Text(body) => text(body, "/content".into(), &mut uses, &mut seen),
        Content::Chat(parts) => {
            for (i, part) in parts.iter().enumerate() {
                match part {
                    Part::Message { content, .. } => {
                        text(content, format!("/content/{i}/content"), &mut uses, &mut seen);
                    }
                    Part::Placeholder { name } if seen.insert(name.clone()) => uses.push(Use {
                        name: name.clone(),
                        pointer: format!("/content/{i}/placeholder"),
                        place: None,
                        placeholder: true,
                    }),
                    Part::Placeholder { .. } => {}
                }
            }
        }
    }
    (uses, has_includes)
}

fn compare_declared(declared: &[Variable], used: &[Use], violations: &mut Vec<Violation>) {
    let names: HashSet<&str> = declared.iter().map(|v| v.name.as_str()).collect();
    for missing in used.iter().filter(|u| !names.contains(u.name.as_str())) {
        let what = if missing.placeholder { "placeholder" } else { "variable" };
        let detail = format!(
            "The {what} {:?} is used but not declared; add it to `variables`, or leave `variables` out.",
            missing.name
        );
        let violation = Violation::new("undeclared_variable", missing.pointer.clone(), detail);
        violations.push(match missing.place {
            Some((line, column)) => violation.at(line, column),
            None => violation,
        });
    }
}

fn unused(declared: &[Variable], used: &[Use]) -> Vec<String> {
    let used: HashSet<&str> = used.iter().map(|u| u.name.as_str()).collect();
    let unused = declared.iter().filter(|v| !used.contains(v.name.as_str()));
    unused.map(|v| format!("The variable {:?} is declared but not used.", v.name)).collect()
}

fn infer(used: Vec<Use>, violations: &mut Vec<Violation>) -> Vec<Variable> {
    if used.len() > crate::limits::VARIABLES {
        violations.push(variables::too_many("/content", used.len()));
    }
    used.into_iter()
        .map(|found| {
            if found.name.len() > crate::limits::VARIABLE_NAME_BYTES {
                violations.push(variables::name_too_long(&found.pointer, &found.name));
            }
            Variable { name: found.name, schema: None, default: None, required: true, description: None }
        })
        .collect()
}
