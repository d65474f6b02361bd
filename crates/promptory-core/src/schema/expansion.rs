//! Bounds the work of validating: how large a schema becomes when every `$ref` is replaced by what it names.
//!
//! `allOf` with two references, thirty levels deep, is a page of text and a billion checks.

use serde_json::Value;

/// Schemas and other JSON nodes after all references are followed.
const NODES_MAX: usize = 50_000;

pub(super) fn check(schema: &Value) -> Result<(), String> {
    let mut nodes = 0;
    visit(schema, schema, &mut Vec::new(), &mut nodes)
}

fn visit<'a>(
    root: &'a Value,
    node: &'a Value,
    open: &mut Vec<&'a str>,
    nodes: &mut usize,
) -> Result<(), String> {
    *nodes += 1;
    if *nodes > NODES_MAX {
        return Err("its references unfold to too many parts".into());
    }
    match node {
        Value::Array(items) => items.iter().try_for_each(|item| visit(root, item, open, nodes)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("$ref" | "$dynamicRef" | "$recursiveRef", Value::String(target)) => {
                        follow(root, target, open, nodes)?;
                    }
                    _ => visit(root, value, open, nodes)?,
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn follow<'a>(
    root: &'a Value,
    target: &'a str,
    open: &mut Vec<&'a str>,
    nodes: &mut usize,
) -> Result<(), String> {
    let Some(pointer) = target.strip_prefix('#').filter(|p| p.is_empty() || p.starts_with('/')) else {
        return Err(format!("the reference {target:?} is not of the form #/…; it may not leave the schema"));
    };
    if open.contains(&target) || pointer.is_empty() {
        return Err(format!("the reference {target:?} goes in a circle"));
    }
    let pointer = pointer.replace("%25", "%").replace("%22", "\"").replace("%5E", "^");
    let Some(named) = root.pointer(&pointer) else {
        return Err(format!("the reference {target:?} names nothing in the schema"));
    };
    open.push(target);
    let result = visit(root, named, open, nodes);
    open.pop();
    result
}
