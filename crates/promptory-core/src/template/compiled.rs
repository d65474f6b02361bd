//! A definition made ready to be rendered, kept with a served build.

use jsonschema::Validator;
use minijinja::ErrorKind;
use serde_json::{Map, Value as Json};

use super::include::Scope;
use super::program::Used;
use super::{RenderError, Rendered, RenderedMessage, brace, convert, segments};
use crate::definition::{Content, Definition, Part};
use crate::limits::{JSON_DEPTH, RENDER_FUEL, RENDER_OUTPUT_BYTES, RENDER_WORK};
use crate::schema;
use crate::violation::Violation;

mod library;
mod messages;
mod template;

use library::Library;
use template::{Form, Jinja, Template};

pub struct Compiled {
    content: Body,
    variables: Vec<Variable>,
    /// `None`: nothing is included. The variables of what is included, with the words that include it.
    included: Option<Vec<(String, Vec<Variable>)>>,
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

impl Compiled {
    /// # Errors
    /// What `Definition::check` would refuse in its texts and schemas.
    pub fn new(definition: &Definition) -> Result<Self, Vec<Violation>> {
        Self::compile(definition, None)
    }

    /// With the prompts that it includes, those of included prompts among them, by the words between the quotes
    /// (`shared/tone@^1`): see [`crate::build::Build::sources`]. One that is not asked for is ignored.
    ///
    /// # Errors
    /// What `Definition::check_with_includes` would refuse, or an include that is not given.
    pub fn with_includes(
        definition: &Definition,
        includes: &[(String, &Definition)],
    ) -> Result<Self, Vec<Violation>> {
        Self::compile(definition, Some(Library::new(includes)))
    }

    fn compile(definition: &Definition, mut library: Option<Library<'_>>) -> Result<Self, Vec<Violation>> {
        let mut template =
            |text: &str, pointer| Template::new(definition.language, text, pointer, library.as_mut());
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
        let included = library.map(|library| library.variables).filter(|found| !found.is_empty());
        Ok(Self { content, variables: variables(definition)?, included })
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

fn variables(definition: &Definition) -> Result<Vec<Variable>, Vec<Violation>> {
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
    definition.variables.iter().enumerate().map(variable).collect()
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

    /// The same, where the engine does not see to it that a name is declared.
    fn declared(self, name: &str) -> Option<&'a Json> {
        self.value(name).filter(|_| self.compiled.variables.iter().any(|v| v.name == name))
    }

    /// For the engine.
    fn root(self) -> minijinja::Value {
        let names = self.compiled.variables.iter().map(|v| v.name.as_str());
        let values = names.filter_map(|n| self.value(n).map(|json| (n, convert::value(json))));
        match self.compiled.included {
            None => convert::fields(values),
            Some(_) => {
                minijinja::Value::from_object(Scope::new(values.map(|(n, v)| (n.into(), v)).collect()))
            }
        }
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
        for (written, variables) in self.compiled.included.iter().flatten() {
            self.check_included(written, variables, &mut violations);
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

    /// What a caller gives passes through the version's declaration to the prompts that it includes.
    fn check_included(self, written: &str, variables: &[Variable], violations: &mut Vec<Violation>) {
        for variable in variables {
            let declared = self.compiled.variables.iter().any(|v| v.name == variable.name);
            let value = self.variables.get(&variable.name).filter(|_| declared);
            if let (Some(value), Some(validator)) = (value, &variable.validator)
                && !violations.iter().any(|v| v.pointer == pointer(&variable.name))
                && !validator.is_valid(value)
            {
                let why = schema::first_error(validator, value).unwrap_or_default();
                let detail = format!(
                    "The variable {:?} does not fit the included prompt {written:?}: {why}.",
                    variable.name
                );
                violations.push(Violation::new("invalid_variable", pointer(&variable.name), detail));
            }
        }
    }
}

fn limit(template: &Template, detail: &str) -> RenderError {
    RenderError::Template(Violation::new("render_limit", template.pointer.clone(), detail))
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
        match &template.form {
            Form::None => out.push_str(&template.text),
            Form::SingleBrace(pieces) => {
                let rendered = brace::render(&template.text, pieces, |name| given.declared(name), &mut out);
                rendered.map_err(|found| {
                    RenderError::Template(Violation { pointer: template.pointer.clone(), ..found })
                })?;
            }
            Form::Jinja(jinja) => {
                let text = |name: &'a str| given.value(name).and_then(Json::as_str);
                let segments = jinja.segments.as_ref();
                if segments.and_then(|segments| segments::render(segments, text, &mut out)).is_none() {
                    self.program(template, jinja, &mut out)?;
                }
            }
        }
        self.count(out.len(), || limit(template, "The messages together are too large."))?;
        Ok(out)
    }

    fn program(
        &mut self,
        template: &'a Template,
        jinja: &Jinja,
        out: &mut String,
    ) -> Result<(), RenderError> {
        if self.used.fuel >= RENDER_FUEL || self.used.work >= RENDER_WORK {
            return Err(limit(template, "The messages together take too many steps."));
        }
        let program = jinja.program(template).map_err(|found| RenderError::Template(found.clone()))?;
        let given = self.given;
        let root = self.root.get_or_insert_with(|| given.root());
        let rendered = program.render(root.clone(), out, &mut self.used);
        self.used.fuel += root.downcast_object_ref::<Scope>().map_or(0, Scope::take_fuel);
        rendered.map_err(|error| {
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
