//! A definition made ready to be rendered, kept with a served build.

use std::sync::OnceLock;

use jsonschema::Validator;
use minijinja::{Error, ErrorKind};
use serde_json::{Map, Value as Json};

use super::inspect::{inspect, violation};
use super::program::{Program, Used};
use super::segments::{self, Segment};
use super::{RenderError, Rendered, RenderedMessage, convert};
use crate::definition::{Content, Definition, Language, Part};
use crate::limits::{JSON_DEPTH, RENDER_FUEL, RENDER_OUTPUT_BYTES, RENDER_WORK};
use crate::schema;
use crate::violation::Violation;

mod messages;

pub struct Compiled {
    content: Body,
    variables: Vec<Variable>,
}

enum Body {
    Text(Template),
    Chat(Vec<Entry>),
}

enum Entry {
    Message { role: String, content: Template },
    Placeholder { name: String },
}

struct Variable {
    name: String,
    validator: Option<Validator>,
    default: Option<Json>,
    required: bool,
}

/// Plain templates are rendered from their segments and compiled only once a value is no string.
struct Template {
    pointer: String,
    segments: Option<Vec<Segment>>,
    text: Box<str>,
    program: OnceLock<Result<Program, Violation>>,
}

impl Template {
    fn new(language: Language, text: &str, pointer: String) -> Result<Self, Vec<Violation>> {
        inspect(language, text).map_err(|found| {
            found.into_iter().map(|v| Violation { pointer: pointer.clone(), ..v }).collect::<Vec<_>>()
        })?;
        let segments = match language {
            Language::None => Some(vec![Segment::Literal(text.into())]),
            Language::Jinja => segments::plain(text),
        };
        let template = Self { pointer, segments, text: text.into(), program: OnceLock::new() };
        if template.segments.is_none() {
            template.program().map_err(|found| vec![found.clone()])?;
        }
        Ok(template)
    }

    fn program(&self) -> Result<&Program, &Violation> {
        let compile = || Program::new(&self.text).map_err(|error| self.violation("template_syntax", &error));
        self.program.get_or_init(compile).as_ref()
    }

    fn violation(&self, code: &'static str, error: &Error) -> Violation {
        Violation { pointer: self.pointer.clone(), ..violation(code, error, &self.text) }
    }

    fn limit(&self, detail: &str) -> RenderError {
        RenderError::Template(Violation::new("render_limit", self.pointer.clone(), detail))
    }
}

impl Compiled {
    /// # Errors
    /// What `Definition::check` would refuse in its texts and schemas.
    pub fn new(definition: &Definition) -> Result<Self, Vec<Violation>> {
        let template = |text: &str, pointer| Template::new(definition.language, text, pointer);
        let content = match &definition.content {
            Content::Text(text) => Body::Text(template(text, "/content".into())?),
            Content::Chat(parts) => {
                let entry = |(i, part): (usize, &Part)| match part {
                    Part::Message { role, content } => {
                        let content = template(content, format!("/content/{i}/content"))?;
                        Ok(Entry::Message { role: role.clone(), content })
                    }
                    Part::Placeholder { name } => Ok(Entry::Placeholder { name: name.clone() }),
                };
                Body::Chat(parts.iter().enumerate().map(entry).collect::<Result<_, Vec<Violation>>>()?)
            }
        };
        let variable = |(i, given): (usize, &crate::definition::Variable)| {
            let invalid =
                |detail| vec![Violation::new("invalid_schema", format!("/variables/{i}/schema"), detail)];
            Ok(Variable {
                name: given.name.clone(),
                validator: given.schema.as_ref().map(schema::compile).transpose().map_err(invalid)?,
                default: given.default.clone(),
                required: given.required,
            })
        };
        let variables = definition.variables.iter().enumerate().map(variable);
        Ok(Self { content, variables: variables.collect::<Result<_, Vec<Violation>>>()? })
    }

    /// Renders with the given variables; extra ones are ignored, missing ones take their default.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(&self, variables: &Map<String, Json>) -> Result<Rendered, RenderError> {
        let given = Given { compiled: self, variables };
        given.check()?;
        let mut rendering = Rendering { given, root: None, used: Used::default(), bytes: 0 };
        match &self.content {
            Body::Text(template) => rendering.template(template).map(Rendered::Text),
            Body::Chat(entries) => {
                let mut messages = Vec::with_capacity(entries.len());
                for entry in entries {
                    match entry {
                        Entry::Message { role, content } => {
                            let content = rendering.template(content)?;
                            messages.push(RenderedMessage { role: role.clone(), content });
                        }
                        Entry::Placeholder { name } => rendering.placeholder(name, &mut messages)?,
                    }
                }
                Ok(Rendered::Chat(messages))
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Given<'a> {
    compiled: &'a Compiled,
    variables: &'a Map<String, Json>,
}

impl<'a> Given<'a> {
    fn value(self, name: &str) -> Option<&'a Json> {
        self.variables.get(name).or_else(|| {
            self.compiled.variables.iter().find(|v| v.name == name).and_then(|v| v.default.as_ref())
        })
    }

    /// All variables at once.
    fn check(self) -> Result<(), RenderError> {
        let mut violations = Vec::new();
        for variable in &self.compiled.variables {
            match self.variables.get(&variable.name) {
                Some(value) => check_value(variable, value, &mut violations),
                None if variable.required && variable.default.is_none() => {
                    let detail = format!("The variable {:?} is required.", variable.name);
                    violations.push(Violation::new("required", pointer(&variable.name), detail));
                }
                None => {}
            }
        }
        if let Body::Chat(entries) = &self.compiled.content {
            for entry in entries {
                if let Entry::Placeholder { name } = entry
                    && let Some(value) = self.value(name)
                {
                    messages::check(name, value, &mut violations);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(RenderError::Variables(violations)) }
    }
}

fn pointer(name: &str) -> String {
    format!("/variables/{name}")
}

fn check_value(variable: &Variable, value: &Json, violations: &mut Vec<Violation>) {
    if schema::depth_exceeds(value, JSON_DEPTH) {
        violations.push(Violation::new("too_deep", pointer(&variable.name), schema::TOO_DEEP));
    } else if let Some(validator) = &variable.validator
        && !validator.is_valid(value)
    {
        let why =
            schema::first_error(validator, value).unwrap_or_else(|| "it does not fit its schema".into());
        let detail = format!("The variable {:?} does not fit: {why}.", variable.name);
        violations.push(Violation::new("invalid_variable", pointer(&variable.name), detail));
    }
}

struct Rendering<'a> {
    given: Given<'a>,
    /// The variables for the engine, made when the first template needs it.
    root: Option<minijinja::Value>,
    used: Used,
    /// Of all messages so far.
    bytes: usize,
}

impl<'a> Rendering<'a> {
    fn template(&mut self, template: &'a Template) -> Result<String, RenderError> {
        let mut out = String::new();
        let given = self.given;
        let text = |name: &'a str| given.value(name).and_then(Json::as_str);
        let plain =
            template.segments.as_ref().and_then(|segments| segments::render(segments, text, &mut out));
        if plain.is_none() {
            self.program(template, &mut out)?;
        }
        self.count(out.len(), || template.limit("The messages together are too large."))?;
        Ok(out)
    }

    fn program(&mut self, template: &'a Template, out: &mut String) -> Result<(), RenderError> {
        if self.used.fuel >= RENDER_FUEL || self.used.work >= RENDER_WORK {
            return Err(template.limit("The messages together take too many steps."));
        }
        let program = template.program().map_err(|found| RenderError::Template(found.clone()))?;
        let given = self.given;
        let root = self.root.get_or_insert_with(|| {
            let names = given.compiled.variables.iter().map(|v| v.name.as_str());
            convert::fields(names.filter_map(|n| given.value(n).map(|json| (n, convert::value(json)))))
        });
        program.render(root.clone(), out, &mut self.used).map_err(|error| {
            let limits = matches!(error.kind(), ErrorKind::OutOfFuel | ErrorKind::WriteFailure);
            let code = if limits { "render_limit" } else { "template_error" };
            RenderError::Template(template.violation(code, &error))
        })
    }

    fn placeholder(&mut self, name: &str, messages: &mut Vec<RenderedMessage>) -> Result<(), RenderError> {
        let Some(Json::Array(given)) = self.given.value(name) else { return Ok(()) };
        for message in given {
            let text = |field: &str| message.get(field).and_then(Json::as_str).unwrap_or_default().to_owned();
            let (role, content) = (text("role"), text("content"));
            self.count(content.len(), || {
                let detail = "The messages together are too large.";
                RenderError::Template(Violation::new("render_limit", pointer(name), detail))
            })?;
            messages.push(RenderedMessage { role, content });
        }
        Ok(())
    }

    fn count(&mut self, bytes: usize, error: impl Fn() -> RenderError) -> Result<(), RenderError> {
        self.bytes += bytes;
        if self.bytes > RENDER_OUTPUT_BYTES { Err(error()) } else { Ok(()) }
    }
}
