//! Traces out, by OpenTelemetry: a span for each request of the control plane, and in it the wait for the project's
//! lock and the commit. Nothing on the data path. Attributes name things; they never hold a text, a variable or a key.
//!
//! Spans wait in a bounded queue for a thread of their own; what does not fit is dropped, so that a collector that is
//! slow or gone is never felt by a request.

use std::{
    future::Future,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use http::{HeaderMap, Method};
use opentelemetry::{
    Context, KeyValue,
    propagation::{Extractor, TextMapPropagator},
    trace::{FutureExt, Span as _, SpanKind, Status, TraceContextExt, Tracer, TracerProvider},
};
use opentelemetry_otlp::{Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    propagation::TraceContextPropagator,
    trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider, SpanData, SpanExporter},
};
use percent_encoding::percent_decode_str;

const EXPORT_WAIT: Duration = Duration::from_secs(5);
/// For what still waits when the server stops.
const STOP_WAIT: Duration = Duration::from_secs(5);
const QUEUE: usize = 2_048;
const BATCH: usize = 512;

pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    propagator: TraceContextPropagator,
}

impl Traces {
    /// For a collector at this base address.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn to(endpoint: &str) -> anyhow::Result<Self> {
        // Fails only when a provider is there already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
        let plain = address.starts_with("http://");
        // Made on a thread without a runtime: the client blocks, and is used by the exporting thread only.
        let client = std::thread::spawn(move || {
            let client = reqwest::blocking::Client::builder().timeout(EXPORT_WAIT);
            // Plain HTTP needs no certificates of the system.
            let client = if plain { client.tls_certs_only([]) } else { client };
            client.build()
        });
        let client = client.join().map_err(|_| anyhow::anyhow!("the client of traces cannot be made"))??;
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(&address)
            .with_timeout(EXPORT_WAIT)
            .build()
            .map_err(|why| anyhow::anyhow!("traces cannot be sent to the given endpoint: {why}"))?;
        let bounds =
            BatchConfigBuilder::default().with_max_queue_size(QUEUE).with_max_export_batch_size(BATCH);
        let exporter = Noted { exporter, failing: AtomicBool::new(false) };
        let processor = BatchSpanProcessor::builder(exporter).with_batch_config(bounds.build()).build();
        let resource = Resource::builder()
            .with_attributes(service_name())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider =
            SdkTracerProvider::builder().with_resource(resource).with_span_processor(processor).build();
        let tracer = provider.tracer("promptory");
        Ok(Self { provider, tracer, propagator: TraceContextPropagator::new() })
    }

    /// A request of the control plane; none for what is served from memory or asked by machines all the time.
    pub fn request(&self, asked: &Asked<'_>) -> Option<Context> {
        if untraced(asked.route) {
            return None;
        }
        let parent = self.propagator.extract_with_context(&Context::new(), &Headers(asked.headers));
        let name = format!("{} {}", asked.method, asked.route);
        let builder = self.tracer.span_builder(name).with_kind(SpanKind::Server);
        let span = builder.with_attributes(asked.attributes()).start_with_context(&self.tracer, &parent);
        Some(Context::new().with_span(span))
    }

    /// A part of the request that is under way.
    pub async fn part<T, E>(
        &self,
        name: &'static str,
        attributes: Vec<KeyValue>,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let parent = Context::current();
        if !parent.has_active_span() {
            // A job, or the data path.
            return work.await;
        }
        let mut span = self
            .tracer
            .span_builder(name)
            .with_attributes(attributes)
            .start_with_context(&self.tracer, &parent);
        let outcome = work.await;
        if outcome.is_err() {
            span.set_status(Status::error("refused"));
        }
        span.end();
        outcome
    }

    /// Sends what still waits, for a bounded time.
    pub async fn stop(&self) {
        let provider = self.provider.clone();
        let stopped = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(STOP_WAIT));
        if !matches!(stopped.await, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be sent");
        }
    }
}

/// Runs the rest of a request inside its span.
pub async fn within<T>(context: Option<&Context>, rest: impl Future<Output = T>) -> T {
    match context {
        Some(context) => rest.with_context(context.clone()).await,
        None => rest.await,
    }
}

pub fn answered(context: &Context, status: u16, request_id: &str, project: Option<&str>) {
    let span = context.span();
    span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
    span.set_attribute(KeyValue::new("promptory.request_id", request_id.to_owned()));
    if let Some(project) = project {
        span.set_attribute(KeyValue::new("promptory.project", project.to_owned()));
    }
    if status >= 500 {
        span.set_status(Status::error(""));
    }
    span.end();
}

/// What a span is made from.
pub struct Asked<'a> {
    pub method: &'a Method,
    /// The template.
    pub route: &'a str,
    pub path: &'a str,
    pub query: Option<&'a str>,
    pub headers: &'a HeaderMap,
}

impl Asked<'_> {
    fn attributes(&self) -> Vec<KeyValue> {
        let mut attributes = vec![
            KeyValue::new("http.request.method", super::http::envelope::known(self.method)),
            KeyValue::new("http.route", self.route.to_owned()),
        ];
        for (our, their) in self.route.split('/').zip(self.path.split('/')) {
            let name = match our {
                "{name}" if self.route.contains("/prompts/{name}") => "promptory.prompt",
                "{reference}" => "promptory.version",
                "{environment}" => "promptory.environment",
                _ => continue,
            };
            attributes.push(KeyValue::new(name, decoded(their)));
        }
        let given =
            self.query.unwrap_or_default().split('&').find_map(|one| one.strip_prefix("environment="));
        attributes.extend(given.map(|name| KeyValue::new("promptory.environment", decoded(name))));
        attributes
    }
}

/// Cut: it may be anything that a caller typed.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().chars().take(256).collect()
}

fn untraced(route: &str) -> bool {
    const OPEN: [&str; 4] = ["/healthz", "/readyz", "/metrics", "/api/public/health"];
    const SERVED: [&str; 5] = ["/active", "/resolve", "/snapshot", "/stream", "/v2/prompts/{name}"];
    /// Takes as long as somebody looks.
    const ENDLESS: &str = "/api/v1/events";
    OPEN.contains(&route) || route == ENDLESS || SERVED.iter().any(|end| route.ends_with(end))
}

/// OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES hold when they are set.
fn service_name() -> Option<KeyValue> {
    let named = std::env::var_os("OTEL_SERVICE_NAME").is_some_and(|name| !name.is_empty())
        || std::env::var("OTEL_RESOURCE_ATTRIBUTES").is_ok_and(|text| text.contains("service.name="));
    (!named).then(|| KeyValue::new("service.name", "promptory"))
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

/// Says once when sending begins to fail, and once when it works again.
#[derive(Debug)]
struct Noted<E> {
    exporter: E,
    failing: AtomicBool,
}

impl<E: SpanExporter> SpanExporter for Noted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let sent = self.exporter.export(batch).await;
        match (&sent, self.failing.swap(sent.is_err(), Ordering::Relaxed)) {
            (Err(error), false) => {
                tracing::warn!(%error, "traces cannot be sent; they are dropped until they can")
            }
            (Ok(()), true) => tracing::info!("traces are sent again"),
            _ => {}
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
