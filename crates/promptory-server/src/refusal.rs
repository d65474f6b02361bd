//! What goes wrong, as callers see it: one stable code each, in one table.

use http::StatusCode;
use promptory_api::{
    deployment::DeploymentStanding,
    problem::{ExistingVersion, Problem, ProblemItem},
    rollback::TakenBack,
};
use promptory_core::violation::Violation;
use promptory_store::StoreError;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $status:ident, $title:literal;)*) => {
        /// A stable code of a problem; `docs/errors.md` lists them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[doc = $doc])* $name,)* }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What it means and what to do, for the page of errors.
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*),)* }
            }
        }
    };
}

codes! {
    /// The body is not JSON, not UTF-8, nested too deeply, or the address holds bytes that are not text. Mend the request.
    Malformed = "malformed", BAD_REQUEST, "The request cannot be read";
    /// No key, an unknown, revoked or expired one, or a session that has ended. Send `Authorization: Bearer <key>`, or sign in.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "A valid key is needed";
    /// The key lacks the scope that this route needs, or the person the role. Ask an administrator for it.
    Forbidden = "forbidden", FORBIDDEN, "That is not allowed";
    /// A request with the cookie of a session that changes something needs the header `X-CSRF-Token` with the value of `csrf` in `GET /api/v1/session`, and must come from a page of this server. Reload the page, or set `public_url` to the address that people use.
    Csrf = "csrf", FORBIDDEN, "The request does not come from a page of this server";
    /// People sign in over https only, or on the server's own machine: on the way, others could read along. Put a proxy with TLS in front and set `public_url` (`PROMPTORY_PUBLIC_URL`) to its https address.
    InsecureOrigin = "insecure_origin", FORBIDDEN, "Sign-in needs https";
    /// The email or the password is wrong, no password was set yet, or there is no such account; which of these is not told. With a link or a token: it is not this server's.
    SignInFailed = "sign_in_failed", UNAUTHORIZED, "Sign-in failed";
    /// The key is bound to another environment.
    WrongEnvironment = "wrong_environment", FORBIDDEN, "The key is bound to another environment";
    /// Nothing at this address, or nothing that this key may see.
    NotFound = "not_found", NOT_FOUND, "Not found";
    /// The prompt has no live version in this environment. Activate one.
    NothingLive = "nothing_live", NOT_FOUND, "Nothing is live here";
    /// Nothing that this environment serves or served lies in the range; the detail names what is live. Widen the range, or activate a version in it.
    NoVersionInRange = "no_version_in_range", NOT_FOUND, "No version in this range";
    /// The prompt is archived: it takes no changes and is not served. Restore it first.
    PromptArchived = "prompt_archived", CONFLICT, "The prompt is archived";
    /// The address exists, the method does not.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "Method not allowed";
    /// Another prompt, environment or project has this name (without regard to case), or had it and still gets its callers.
    NameTaken = "name_taken", CONFLICT, "The name is taken";
    /// The model has a price from that time on in this layer already. Delete that one, or give another `valid_from`.
    PriceExists = "price_exists", CONFLICT, "There is a price already";
    /// The prompt has a version with the same content; `existing` names it. Use it, or send `allow_duplicate`.
    DuplicateContent = "duplicate_content", CONFLICT, "The same content exists already";
    /// The number given exists already; `existing` names it.
    VersionTaken = "version_taken", CONFLICT, "The version number is taken";
    /// The version is archived and can be neither activated nor served. Restore it first.
    VersionArchived = "version_archived", CONFLICT, "The version is archived";
    /// The version is live; activate another one in those environments first.
    VersionLive = "version_live", CONFLICT, "The version is live";
    /// The environment's policy is `fix_forward`: it does not go back to an older version. Revert makes a new version with the old content.
    FixForward = "fix_forward", CONFLICT, "This environment only goes forward";
    /// The deployment is in a state in which this is not possible; `deployment` names the state and what is.
    DeploymentState = "deployment_state", CONFLICT, "Not possible in this state";
    /// The deployment has moved since it was seen (`number`); `deployment` says where it stands. Look again and decide anew.
    DeploymentChanged = "deployment_changed", CONFLICT, "The deployment has moved";
    /// A rollout of it is under way; the detail names the deployment. Promote it, abort it, or wait for its end.
    RolloutRunning = "rollout_running", CONFLICT, "A rollout is under way";
    /// The environment is frozen: it takes nothing new until the time that the detail names, or until an administrator unfreezes it. Going back stays possible, and what has started goes on.
    Frozen = "frozen", CONFLICT, "The environment is frozen";
    /// What this waits for was not approved, or not any more: the approval expired, was withdrawn, or holds for something else. Deploy anew; that asks by itself.
    NeedsApproval = "needs_approval", CONFLICT, "Approval is missing";
    /// The version was approved as another build: what it includes is another version by now. Ask for approval anew, or deploy what was approved.
    StaleApproval = "stale_approval", CONFLICT, "Another build was approved";
    /// The request for approval is decided, withdrawn, expired or used up; or nothing of it is open. Ask anew.
    ApprovalState = "approval_state", CONFLICT, "Nothing can be decided here any more";
    /// Persons approve, each once, and not their own work: the detail says what stands in the way. A key decides only for an owner who made it.
    CannotDecide = "cannot_decide", FORBIDDEN, "You cannot decide this";
    /// An emergency needs a reason, a policy that knows one, and the right: the scope `admin`, or, for people and their own keys, `deploy` and `approve`.
    EmergencyRefused = "emergency_refused", FORBIDDEN, "This emergency is not allowed";
    /// The environment asks for approval, and this version was never approved for it: references, labels and pins lead only to what it serves or served. Deploy it there.
    NotApproved = "not_approved", FORBIDDEN, "The version is not approved here";
    /// The build was taken back in this environment and is not released there again unasked; `taken_back` says by whom, when and why. Release another, or send `acknowledge_rollback: true`.
    Quarantined = "quarantined", CONFLICT, "It was taken back here";
    /// There is no earlier build to go back to, or the one that was named is what is served. Name another, or activate a version.
    NothingToRollBack = "nothing_to_roll_back", CONFLICT, "There is nothing to go back to";
    /// The version was never live in this environment, so it is not gone back to. Activate it; in an emergency send `kind: emergency`.
    NeverLive = "never_live", CONFLICT, "It was never live here";
    /// It was served, is labelled, or something includes it; it cannot be deleted. Archive it instead.
    InUse = "in_use", CONFLICT, "It is in use";
    /// An administrator of the instance exists; the first account can be made only once. Sign in, or ask an administrator for an invitation.
    AlreadySetUp = "already_set_up", CONFLICT, "The server is set up already";
    /// The person is a member of this project, or has an account, already. Change that one.
    EmailTaken = "email_taken", CONFLICT, "The person is there already";
    /// Nobody would be left who can undo it: the last administrator of the instance stays, and nobody takes the role `admin` from themselves. Another administrator can do it.
    LastAdmin = "last_admin", CONFLICT, "That would lock an administrator out";
    /// The one-time link was used, replaced by a newer one, or is older than 72 hours. Ask an administrator for a new one.
    LinkSpent = "link_spent", GONE, "The link is no longer valid";
    /// A request with this `Idempotency-Key` is still running. Wait and repeat.
    InProgress = "in_progress", CONFLICT, "The same request is still running";
    /// The thing changed since it was read (`If-Match`). Read it again and decide anew.
    Changed = "changed", PRECONDITION_FAILED, "It has changed meanwhile";
    /// The body did not arrive within a minute. Send it again, or mend the connection.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request took too long to arrive";
    /// The body is larger than 8 MiB.
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, "The request is too large";
    /// Send `Content-Type: application/json`; an archive goes as `application/gzip`.
    WrongContentType = "wrong_content_type", UNSUPPORTED_MEDIA_TYPE, "The content type does not fit";
    /// The request is JSON but breaks rules; `errors` lists every problem with a pointer to its place.
    Invalid = "invalid", UNPROCESSABLE_ENTITY, "The request is not valid";
    /// The change needs a larger step than the one asked for; `errors` lists what changed for callers. Use `bump: auto`, a higher number, or `allow_breaking`.
    BreakingChange = "breaking_change", UNPROCESSABLE_ENTITY, "The version number is too low for this change";
    /// Variables are missing or have the wrong type; `errors` names all of them.
    InvalidVariables = "invalid_variables", UNPROCESSABLE_ENTITY, "The variables do not fit the prompt";
    /// What the version includes cannot be resolved: `errors` names each include that is missing, goes in a circle, is too deep, or needs a variable that is not passed on.
    IncludeFailed = "include_failed", UNPROCESSABLE_ENTITY, "An include cannot be resolved";
    /// The template failed while rendering: `errors` has line and column.
    RenderFailed = "render_failed", UNPROCESSABLE_ENTITY, "The template could not be rendered";
    /// The `Idempotency-Key` was used with another body. Use a new key for a new request.
    IdempotencyMismatch = "idempotency_mismatch", UNPROCESSABLE_ENTITY, "The idempotency key belongs to another request";
    /// More requests than the limit; `Retry-After` says when to come back.
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, "Too many requests";
    /// A fault of the server. It is logged under the request's id; nothing was changed.
    Internal = "internal", INTERNAL_SERVER_ERROR, "The server failed";
    /// The database is not available, or has no space left, which the detail says; serving goes on from memory. Repeat after `Retry-After`.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "Changes are not possible right now";
    /// Another change of the same project took too long. Repeat after `Retry-After`.
    Busy = "busy", SERVICE_UNAVAILABLE, "The project is busy";
    /// More executions wait to be stored than this server holds. Nothing of the request was stored. Send it again after `Retry-After`; ids make that safe.
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, "Too many executions wait to be stored";
    /// This server has as many open event streams as it may. Repeat after `Retry-After`, at another server where there is one.
    TooManyStreams = "too_many_streams", SERVICE_UNAVAILABLE, "Too many open streams";
    /// This server has not yet seen the revision that was asked for (`Promptory-Min-Revision`). Repeat after `Retry-After`.
    Behind = "behind", SERVICE_UNAVAILABLE, "This server is behind";
}

/// A request that was not carried out, and why. It changed nothing.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub code: Code,
    pub detail: String,
    pub errors: Vec<ProblemItem>,
    pub existing: Option<ExistingVersion>,
    pub deployment: Option<Box<DeploymentStanding>>,
    pub taken_back: Option<Box<TakenBack>>,
    /// Seconds, where it helps to come back.
    pub retry_after_s: u64,
}

impl Refusal {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            code,
            detail,
            errors: Vec::new(),
            existing: None,
            deployment: None,
            taken_back: None,
            retry_after_s: 1,
        }
    }

    /// Too many attempts to sign in.
    pub fn too_many_attempts(retry_after_s: u64) -> Self {
        let detail = format!(
            "More than {} attempts to sign in within a minute from one address. Try again in {retry_after_s} s.",
            promptory_core::limits::SIGN_INS_PER_MINUTE
        );
        Self { retry_after_s, ..Self::new(Code::RateLimited, detail) }
    }

    /// One problem at one place of the body.
    pub fn invalid(pointer: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::with_items(Code::Invalid, vec![item("invalid", pointer, detail)])
    }

    pub fn with_items(code: Code, errors: Vec<ProblemItem>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.detail.clone(),
            several => format!("{} problems; see `errors`.", several.len()),
        };
        Self { errors, ..Self::new(code, detail) }
    }

    pub fn violations(code: Code, violations: Vec<Violation>) -> Self {
        Self::with_items(code, violations.into_iter().map(violation_item).collect())
    }

    #[must_use]
    pub fn existing(mut self, version: String, sequence: i64) -> Self {
        self.existing = Some(ExistingVersion { version, sequence });
        self
    }

    pub fn no_prompt(name: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no prompt {name:?} in this project."))
    }

    pub fn not_in_range(prompt: &str, environment: &str, range: &str, live: Option<&str>) -> Self {
        let detail = promptory_core::resolve::not_in_range(prompt, environment, range, live);
        Self::new(Code::NoVersionInRange, detail)
    }

    pub fn no_environment(name: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no environment {name:?} in this project."))
    }
}

/// As it is sent (RFC 9457).
pub fn problem(refusal: &Refusal, request_id: &str) -> Problem {
    Problem {
        kind: format!("/api/docs/errors#{}", refusal.code.as_str()),
        title: refusal.code.title().to_owned(),
        status: refusal.code.status().as_u16(),
        detail: refusal.detail.clone(),
        code: refusal.code.as_str().to_owned(),
        request_id: request_id.to_owned(),
        errors: refusal.errors.clone(),
        existing: refusal.existing.clone(),
        deployment: refusal.deployment.as_deref().cloned(),
        taken_back: refusal.taken_back.as_deref().cloned(),
    }
}

/// What core says of a refusal, as a sentence.
pub(crate) fn sentence(why: &dyn std::fmt::Display) -> String {
    let mut text = format!("{why}.");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

pub fn item(code: &str, pointer: &str, detail: impl Into<String>) -> ProblemItem {
    ProblemItem {
        pointer: pointer.to_owned(),
        detail: detail.into(),
        code: Some(code.to_owned()),
        line: None,
        column: None,
    }
}

fn violation_item(violation: Violation) -> ProblemItem {
    ProblemItem {
        pointer: violation.pointer,
        detail: violation.detail,
        code: Some(violation.code.to_owned()),
        line: violation.line,
        column: violation.column,
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy(why) => {
                tracing::warn!(%why, "busy");
                Self::new(
                    Code::Busy,
                    "Another change of this project took too long. Nothing was changed; try again.",
                )
            }
            StoreError::Unavailable(why) => {
                tracing::error!(%why, "the database is not available");
                Self::new(Code::Unavailable, "The database is not available. Nothing was changed; try again.")
            }
            StoreError::NoSpace(why) => {
                tracing::error!(%why, "the database has no space left");
                Self::new(
                    Code::Unavailable,
                    "The database has no space left to write. Nothing was changed; an operator must make room.",
                )
            }
            StoreError::NoProject => Self::new(Code::NotFound, "There is no such project."),
            other => {
                tracing::error!(error = %other, "the store failed");
                Self::new(Code::Internal, "The server failed. The request id is in the log.")
            }
        }
    }
}
