//! The API document (OpenAPI 3.1): generated from the handlers, then completed with what holds for all of them.

use super::langfuse;
use promptory_api::{langfuse::LangfuseError, problem::Problem};
use utoipa::{
    OpenApi,
    openapi::{
        OpenApi as Document, Ref, RefOr, Response, ResponseBuilder,
        content::ContentBuilder,
        path::Operation,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Promptory",
        description = "Versions prompts, releases them, and serves the live one from memory.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(LangfuseError, Problem)),
    tags(
        (name = "prompts", description = "Prompts and their metadata"),
        (name = "versions", description = "Immutable versions: numbered, hashed, rendered"),
        (name = "serving", description = "The data path: answers come from memory"),
        (name = "deployments", description = "What went live where, when, by whom and why"),
        (name = "approvals", description = "Who agreed to what; see docs/approval.md"),
        (name = "environments", description = "Where prompts are served"),
        (name = "render", description = "Drafts"),
        (name = "prices", description = "What calls of models cost; see docs/costs.md"),
        (name = "keys", description = "Who may do what"),
        (name = "users", description = "People, their roles in the project, their one-time links"),
        (name = "session", description = "Signing in with a browser; see docs/users.md"),
        (name = "access", description = "The key or the session in use"),
        (name = "projects", description = "Tenants"),
        (name = "analytics", description = "Statistics of executions; see docs/analytics.md"),
        (name = "audit", description = "Who did what, provably"),
        (name = "langfuse", description = "For clients of Langfuse; see docs/langfuse.md"),
        (name = "operations", description = "Health and metrics"),
    ),
)]
struct Base;

pub fn base() -> Document {
    let mut document = Base::openapi();
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.description = Some("A key: `Authorization: Bearer pk_…`".to_owned());
    if let Some(components) = document.components.as_mut() {
        components.add_security_scheme("key", SecurityScheme::Http(scheme));
        let mut scheme = Http::new(HttpAuthScheme::Basic);
        scheme.description =
            Some("The public key is the id of a key, the secret key the key itself.".to_owned());
        components.add_security_scheme("langfuse", SecurityScheme::Http(scheme));
        let cookie = ApiKeyValue::with_description(
            "promptory_session",
            "The session of a person. What changes something also needs `X-CSRF-Token`; `X-Project` chooses the project.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
    document
}

/// Adds to each operation the problems that its shape can have.
pub fn complete(mut document: Document) -> Document {
    for (path, item) in &mut document.paths.paths {
        let slots = [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete, &mut item.put];
        for operation in slots.into_iter().flatten() {
            if langfuse::is_theirs(path) {
                errors(operation);
            } else {
                // Who may do it with a key may do it with a session.
                if let Some(doors) = operation.security.as_mut()
                    && doors.len() == 1
                    && doors.iter().all(|door| *door != session())
                {
                    doors.push(session());
                }
                problems(operation, path);
            }
        }
    }
    document
}

fn session() -> SecurityRequirement {
    SecurityRequirement::new("session", Vec::<String>::new())
}

fn problems(operation: &mut Operation, path: &str) {
    let named = path.contains('{');
    let about_who_asks = path.starts_with("/api/v1/session");
    if operation.security.is_none() && !about_who_asks {
        return;
    }
    let writes = operation.request_body.is_some();
    let mut statuses = vec![
        ("400", "The request cannot be read"),
        ("401", "A valid key is needed"),
        ("403", "The key may not do this"),
        ("404", "Not found"),
        ("422", "Something given is not valid; `errors` lists all of it"),
        ("429", "Too many requests; see `Retry-After`"),
        ("500", "A fault of the server"),
        ("503", "Not possible right now; see `Retry-After`"),
    ];
    if writes || named {
        statuses.push(("409", "It does not fit what is there"));
        statuses.push(("412", "It has changed meanwhile"));
        statuses.push(("413", "The body is too large"));
    }
    if writes {
        if path == "/api/v1/session/link" {
            statuses.push(("410", "The link is no longer valid"));
        }
        statuses.push(("408", "The body did not arrive in time"));
        statuses.push(("415", "The content type does not fit"));
    }
    for (status, description) in statuses {
        operation
            .responses
            .responses
            .entry(status.to_owned())
            .or_insert_with(|| RefOr::T(problem(description)));
    }
}

fn problem(description: &str) -> Response {
    body(description, "Problem", "application/problem+json")
}

/// As Langfuse has them.
fn errors(operation: &mut Operation) {
    if operation.security.is_none() {
        return;
    }
    let statuses = [
        ("400", "The request cannot be read, or a parameter is not valid"),
        ("401", "A valid key is needed"),
        ("403", "The key may not do this"),
        ("404", "Not found"),
        ("500", "A fault of the server"),
        ("503", "Not possible right now; see `Retry-After`"),
    ];
    for (status, description) in statuses {
        let response = RefOr::T(body(description, "LangfuseError", "application/json"));
        operation.responses.responses.entry(status.to_owned()).or_insert(response);
    }
}

fn body(description: &str, schema: &str, kind: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
    ResponseBuilder::new().description(description).content(kind, content).build()
}
