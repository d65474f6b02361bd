//! All routes of the control plane, and the data path's once more for what its short way leaves over.

use std::sync::Arc;

use axum::{Router, extract::Request, middleware};
use http::{HeaderName, HeaderValue, Method, header};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    docs,
    envelope::{self, REQUEST_ID, REVISION},
    health, langfuse, openapi,
    ui::{self, Ui},
    v1,
};
use crate::{
    app::App,
    refusal::{Code, Refusal},
};

fn operations() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(v1::servers::list::list))
        .routes(routes!(v1::servers::reload::reload))
        .routes(routes!(v1::audit::list::list))
        .routes(routes!(v1::audit::verify::verify))
}

fn executions() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(v1::executions::record::record, v1::executions::list::list))
        .routes(routes!(v1::executions::show::show))
        .routes(routes!(v1::executions::tail::tail))
        .routes(routes!(v1::executions::export::export))
        .routes(routes!(v1::executions::erase::erase))
        .routes(routes!(v1::scores::create::create))
        .routes(routes!(v1::recording::show::show, v1::recording::update::update))
}

fn described() -> (Router<Arc<App>>, OpenApi) {
    let (router, document) = OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(v1::prompts::create::create, v1::prompts::list::list))
        .routes(routes!(v1::prompts::facets::facets))
        .routes(routes!(v1::prompts::archive::archive))
        .routes(routes!(v1::prompts::restore::restore))
        .routes(routes!(v1::prompts::history::history))
        .routes(routes!(v1::prompts::compare::compare, v1::prompts::compare::compare_draft))
        .routes(routes!(v1::prompts::patch::patch))
        .routes(routes!(v1::prompts::revert::revert))
        .routes(routes!(v1::prompts::activate::activate))
        .routes(routes!(v1::prompts::copy::copy))
        .routes(routes!(v1::prompts::forget_name::forget_name))
        .routes(routes!(v1::prompts::dependents::dependents))
        .routes(routes!(v1::prompts::uses::uses))
        .routes(routes!(v1::prompts::explain::explain))
        .routes(routes!(v1::labels::list::list))
        .routes(routes!(v1::labels::put::put, v1::labels::delete::delete))
        .routes(routes!(v1::samples::list::list))
        .routes(routes!(v1::samples::show::show, v1::samples::put::put, v1::samples::delete::delete))
        .routes(routes!(v1::versions::create::create, v1::versions::list::list))
        .routes(routes!(
            v1::versions::show::show,
            v1::versions::correct::correct,
            v1::versions::delete::delete
        ))
        .routes(routes!(v1::comments::list::list, v1::comments::create::create))
        .routes(routes!(v1::versions::archive::archive))
        .routes(routes!(v1::versions::restore::restore))
        .routes(routes!(v1::versions::deprecate::deprecate))
        .routes(routes!(v1::versions::render::render))
        .routes(routes!(v1::render::draft::draft))
        .routes(routes!(v1::environments::list::list, v1::environments::create::create))
        .routes(routes!(v1::environments::show::show, v1::environments::update::update))
        .routes(routes!(v1::environments::at::at))
        .routes(routes!(v1::environments::freeze::freeze))
        .routes(routes!(v1::environments::unfreeze::unfreeze))
        .routes(routes!(v1::history::list::list))
        .routes(routes!(v1::events::follow::follow))
        .routes(routes!(v1::files::export::export))
        .routes(routes!(v1::files::import::import))
        .merge(deployments())
        .merge(executions())
        .merge(prices())
        .merge(webhooks())
        .routes(routes!(v1::keys::create::create, v1::keys::list::list))
        .routes(routes!(v1::keys::revoke::revoke))
        .merge(people())
        .routes(routes!(v1::projects::create::create, v1::projects::list::list))
        .merge(analytics())
        .merge(operations())
        .routes(routes!(v1::access::whoami::whoami))
        .routes(routes!(v1::prompts::show::show, v1::prompts::update::update, v1::prompts::delete::delete))
        .routes(routes!(v1::prompts::active::active))
        .routes(routes!(v1::prompts::resolve::resolve))
        .routes(routes!(v1::serving::resolve_many::resolve_many))
        .routes(routes!(v1::serving::snapshot::snapshot))
        .routes(routes!(v1::serving::stream::stream))
        .routes(routes!(langfuse::list::list))
        .routes(routes!(langfuse::show::show))
        .routes(routes!(langfuse::projects::projects))
        .routes(routes!(langfuse::health::health))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
        .split_for_parts();
    (router, openapi::complete(document))
}

fn deployments() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(v1::deployments::create::create, v1::deployments::list::list))
        .routes(routes!(v1::deployments::show::show))
        .routes(routes!(v1::deployments::start::start))
        .routes(routes!(v1::deployments::pause::pause))
        .routes(routes!(v1::deployments::resume::resume))
        .routes(routes!(v1::deployments::advance::advance))
        .routes(routes!(v1::deployments::promote::promote))
        .routes(routes!(v1::deployments::abort::abort))
        .merge(approvals())
        .merge(rollbacks())
        .merge(releases())
}

fn approvals() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(v1::approvals::create::create, v1::approvals::list::list))
        .routes(routes!(v1::approvals::show::show))
        .routes(routes!(v1::approvals::approve::approve))
        .routes(routes!(v1::approvals::reject::reject))
        .routes(routes!(v1::approvals::request_changes::request_changes))
        .routes(routes!(v1::approvals::comment::comment))
        .routes(routes!(v1::approvals::withdraw::withdraw))
        .routes(routes!(v1::emergencies::list::list))
        .routes(routes!(v1::emergencies::review::review))
}

fn people() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(v1::users::create::create, v1::users::list::list))
        .routes(routes!(v1::users::show::show, v1::users::update::update, v1::users::delete::delete))
        .routes(routes!(v1::users::link::link))
        .routes(routes!(v1::session::show::show, v1::session::create::create, v1::session::delete::delete))
        .routes(routes!(v1::session::password::password))
        .routes(routes!(v1::session::keys::list::list, v1::session::keys::create::create))
        .routes(routes!(v1::session::keys::revoke::revoke))
        .routes(routes!(v1::session::setup::setup, v1::session::address::address))
        .routes(routes!(v1::session::link::link))
}

fn webhooks() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(v1::webhooks::create::create, v1::webhooks::list::list))
        .routes(routes!(v1::webhooks::show::show, v1::webhooks::update::update, v1::webhooks::delete::delete))
        .routes(routes!(v1::webhooks::rotate::rotate))
        .routes(routes!(v1::webhooks::test::test))
        .routes(routes!(v1::webhooks::deliveries::deliveries))
        .routes(routes!(v1::webhooks::resend::resend))
}

fn rollbacks() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(v1::rollbacks::create::create, v1::rollbacks::list::list))
        .routes(routes!(v1::rollbacks::preview::preview))
        .routes(routes!(v1::rollbacks::show::show))
}

fn releases() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(v1::releases::create::create, v1::releases::list::list))
        .routes(routes!(v1::releases::show::show))
        .routes(routes!(v1::releases::roll_back::roll_back))
}

fn analytics() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(v1::analytics::summary::summary))
        .routes(routes!(v1::analytics::series::series))
        .routes(routes!(v1::analytics::errors::errors))
        .routes(routes!(v1::analytics::geography::geography))
        .routes(routes!(v1::analytics::compare::compare))
        .routes(routes!(v1::analytics::verify::verify))
}

fn prices() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(v1::prices::create::create, v1::prices::list::list))
        .routes(routes!(v1::prices::delete::delete))
        .routes(routes!(v1::prices::import::import))
        .routes(routes!(v1::prices::apply::apply))
        .routes(routes!(v1::prices::cost::cost))
}

/// The API document, as it is served and committed.
pub fn document() -> OpenApi {
    described().1
}

pub fn router(app: &Arc<App>, cors_origins: &[String], ui: &Ui) -> Router {
    let (router, document) = described();
    let ui = ui.clone();
    let otherwise = async move |request: Request| {
        let asked = (request.method(), request.uri().path());
        ui::answer(&ui, asked, request.headers(), nothing_here())
    };
    let router = router
        .merge(docs::routes(&document))
        .fallback(otherwise)
        .method_not_allowed_fallback(no_such_method)
        .with_state(Arc::clone(app))
        .layer(CatchPanicLayer::custom(envelope::panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(app), envelope::envelope));
    if cors_origins.is_empty() { router } else { router.layer(cors(cors_origins)) }
}

fn nothing_here() -> Refusal {
    Refusal::new(Code::NotFound, "There is nothing at this address. The reference is at /api/docs.")
}

async fn no_such_method() -> Refusal {
    Refusal::new(
        Code::MethodNotAllowed,
        "This address does not take this method. The reference is at /api/docs.",
    )
}

/// Pages of other sites come with keys, which travel in a header, so no credentials mode is needed: the cookie of a
/// session is for pages of this server.
fn cors(origins: &[String]) -> CorsLayer {
    let any = origins.iter().any(|origin| origin == "*");
    let listed = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let idempotency_key = HeaderName::from_static("idempotency-key");
    let min_revision = HeaderName::from_static("promptory-min-revision");
    let project = HeaderName::from_static("x-project");
    CorsLayer::new()
        .allow_origin(if any { AllowOrigin::any() } else { AllowOrigin::list(listed) })
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            idempotency_key,
            min_revision,
            project,
            REQUEST_ID,
        ])
        .expose_headers([header::ETAG, header::RETRY_AFTER, REVISION, REQUEST_ID])
}
