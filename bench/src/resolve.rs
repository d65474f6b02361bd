//! `POST …/resolve` with three variables rendered, against a handler that reads the same body and answers the same.

use std::sync::Arc;

use anyhow::Result;
use serde_json::json;

use crate::{
    Size,
    active::load,
    constant,
    load::Ask,
    rounds::{Side, compare, verdict},
    seed::{self, ENVIRONMENTS, PROMPTS},
    server::Program,
    wire::{Connection, request},
};

pub fn run(size: Size) -> Result<()> {
    let seeded = seed::seeded()?;
    let server = Program::server(seeded.data.path(), None)?;
    let asks: Vec<Ask> = (0..PROMPTS)
        .flat_map(|prompt| ENVIRONMENTS.map(|environment| (prompt, environment)))
        .map(|(prompt, environment)| ask(&seeded.key, prompt, environment))
        .collect();
    let asks = Arc::new(asks);
    let mut connection = Connection::open(server.address)?;
    // A template is compiled when it is first rendered: that is not what is measured here.
    for ask in asks.iter() {
        connection.call(&ask.request)?.expect(200)?;
    }
    let answer = connection.call(&asks[0].request)?.expect(200)?;
    println!("one answer: {} bytes of head, {} of body", answer.head.len(), answer.body.len());
    let baseline = Program::constant(&constant::keep(&answer, seeded.data.path())?)?;
    let side = |name, program: &Program| {
        let load = load(Arc::clone(&asks), size.round());
        Side { name, pid: program.pid(), address: program.address, load }
    };
    let mut sides = [side("promptory", &server), side("axum, a constant", &baseline)];
    compare("warming up", &mut sides, 1)?;
    let compared = compare("resolve against a constant", &mut sides, size.rounds())?;
    println!();
    verdict("resolve, by CPU", compared.by_cpu, "", compared.by_cpu >= 0.5, "≥ 0.5");
    let tally = &compared.tallies[0];
    println!("=> {} failed or wrong answers; {} were looked into", tally.failed(200), tally.looked_at);
    Ok(())
}

fn ask(key: &str, prompt: usize, environment: &str) -> Ask {
    let customer = format!("Ada {prompt}");
    let body = json!({"environment": environment, "variables": {
        "product": "Promptory", "customer": customer, "question": "Where is my parcel?",
    }});
    Ask {
        request: request("POST", &seed::path(prompt, "resolve"), key, "", &body.to_string()),
        expected: vec![
            format!("{{\"prompt\":\"{}\"", seed::name(prompt)),
            format!("\"environment\":\"{environment}\""),
            format!("The customer {customer} asks: Where is my parcel?"),
        ],
    }
}
