//! A deployment by any strategy.

use promptory_api::deployment::{Deploy, Deployment};
use promptory_core::{
    approval::Way,
    bucketing::Share,
    limits,
    rollout::{Schedule, Step, Strategy, Unit},
    violation::Violation,
};
use promptory_store::NewAudit;
use serde_json::{Value, json};

use super::{
    begin::{Applied, How, Target, begin},
    shown,
};
use crate::{
    app::{Ctx, Outcome, emergencies, prompts::about, references},
    check::Checks,
    refusal::{Code, Refusal},
};

/// # Errors
/// As for an activation; a strategy that makes no sense; steps where nothing is live, or where this is.
pub async fn create(ctx: &Ctx, body: &Deploy) -> Outcome<Deployment> {
    let mut checks = Checks::under("");
    checks.prose("/reason", body.reason.as_deref(), limits::REASON_BYTES, false);
    checks.finish()?;
    let environment = ctx.environment_to_change(body.environment.as_deref(), "/environment")?;
    let hold = body.hold.unwrap_or(false);
    let how = how(body.strategy.as_ref(), body.unit.as_deref(), (hold, Way::Deploy))?;
    let emergency = emergencies::declared(ctx, body.emergency.as_ref(), "/emergency")?;
    if how.hold && emergency.is_some() {
        return Err(Refusal::invalid("/hold", "An emergency does not wait. Leave hold out."));
    }
    let dry_run = body.dry_run.unwrap_or(false);
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), &body.prompt).await?;
    let version = references::version(ctx, &mut tx.project(), &prompt, &body.version).await?;
    let reason = body.reason.as_deref().unwrap_or_default();
    let acknowledged = body.acknowledge_rollback.unwrap_or(false);
    let target =
        Target { acknowledged, emergency, ..Target::of("deploy", &prompt, &version, &environment, reason) };
    let deployment = match begin(ctx, &mut tx, &target, how).await? {
        Applied::New(deployment) => *deployment,
        Applied::Already { deployment_id, revision } => {
            let deployment = shown::by_id(&mut tx.project(), &deployment_id, ctx.now).await?;
            if !dry_run {
                return ctx.nothing_changed(tx, 201, deployment, revision).await;
            }
            deployment
        }
    };
    if dry_run {
        return Ok(Deployment { dry_run, ..deployment });
    }
    ctx.remember(&mut tx, 201, &deployment).await?;
    let detail = json!({
        "deployment": deployment.id, "from": deployment.from, "to": deployment.version, "state": deployment.state,
        "strategy": deployment.strategy, "steps": steps(&deployment), "unit": deployment.unit,
        "content_hash": version.content_hash, "build_hash": deployment.build_hash,
        "direction": deployment.direction, "reason": deployment.reason, "basis": deployment.basis,
        "approval": deployment.approval.as_ref().map(|approval| &approval.id),
        "emergency": body.emergency.as_ref().map(|emergency| &emergency.reason),
    });
    let audit = NewAudit {
        environment: Some(environment.clone()),
        ..about(ctx, "deployment.create", &prompt.id, &prompt.name, &detail)
    };
    ctx.commit(tx, audit).await?;
    Ok(deployment)
}

fn steps(deployment: &Deployment) -> Vec<Value> {
    let step = |step: &promptory_api::deployment::DeploymentStep| json!([step.percentage, step.after_s]);
    deployment.steps.iter().map(step).collect()
}

pub(in crate::app) fn how(
    strategy: Option<&Value>,
    unit: Option<&str>,
    (hold, way): (bool, Way),
) -> Outcome<How> {
    let unit = match unit {
        Some(word) => Unit::parse(word).map_err(|why| Refusal::invalid("/unit", why))?,
        None => Unit::by_default(true),
    };
    let strategy = match strategy {
        None => Strategy::Immediate,
        Some(Value::String(word)) => {
            Strategy::parse(word).map_err(|why| Refusal::invalid("/strategy", why))?
        }
        Some(Value::Object(own)) => Strategy::Custom(own_steps(own)?),
        Some(_) => {
            let detail = "A strategy is a word, or an object with steps.";
            return Err(Refusal::invalid("/strategy", detail));
        }
    };
    let schedule: Result<Schedule, Vec<Violation>> = strategy.schedule();
    let schedule = schedule.map_err(|wrong| Refusal::violations(Code::Invalid, wrong))?;
    Ok(How { strategy: strategy.as_str(), schedule, unit, hold, way, rollback_of: None })
}

/// Digit by digit: what cannot be served exactly is refused, not rounded.
fn own_steps(own: &serde_json::Map<String, Value>) -> Outcome<Vec<Step>> {
    let Some(steps) = own.get("steps").and_then(Value::as_array).filter(|_| own.len() == 1) else {
        return Err(Refusal::invalid(
            "/strategy",
            "Steps of one's own are an object with steps, and nothing else.",
        ));
    };
    let mut checks = Checks::under("/strategy/steps");
    let mut found = Vec::new();
    for (n, step) in steps.iter().enumerate() {
        let percentage = match step.get("percentage") {
            Some(Value::Number(number)) => Share::parse_percent(&number.to_string()),
            _ => Err("A step has a percentage, a number from 0.01 to 100.".to_owned()),
        };
        let after_s = step.get("after_s").and_then(Value::as_i64);
        if step.as_object().is_some_and(|fields| fields.len() > 2) {
            checks.add(
                "unknown_field",
                &format!("/{n}"),
                "A step has percentage and after_s, and nothing else.",
            );
        }
        match (percentage, after_s) {
            (Ok(share), Some(after_s)) => found.push(Step { share, after_s }),
            (Err(why), _) => checks.add("invalid_percentage", &format!("/{n}/percentage"), why),
            (_, None) => {
                let detail = "A step has after_s: whole seconds after the start, 0 for the first.";
                checks.add("invalid_time", &format!("/{n}/after_s"), detail);
            }
        }
    }
    checks.finish()?;
    Ok(found)
}
