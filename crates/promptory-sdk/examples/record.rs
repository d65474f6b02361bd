//! Records a call of a model that takes its time: `cargo run -p promptory-sdk --example record -- support/reply`
//!
//! `PROMPTORY_URL` and `PROMPTORY_KEY` say where and as whom; the key needs the scopes `render` and `record`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use promptory_sdk::{Client, Score};

/// What a real program would ask a provider.
async fn model(text: &str) -> Result<(String, u64, u64), String> {
    tokio::task::yield_now().await;
    match text.len() as u64 {
        0 => Err("there is nothing to answer".to_owned()),
        length => Ok((format!("You wrote {length} bytes."), length.div_ceil(4), 6)),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("PROMPTORY_URL").unwrap_or_else(|_| "http://127.0.0.1:8080".to_owned());
    let key = std::env::var("PROMPTORY_KEY").map_err(|_| "PROMPTORY_KEY is not set")?;
    let name = std::env::args().nth(1).ok_or("name a prompt")?;

    let client = Client::builder(url, key)
        .recording(|recorder| {
            recorder.spill_to(std::env::temp_dir().join("promptory-example"), 16 << 20).redact(|bodies| {
                // Whoever the text is for.
                bodies.variables = None;
            })
        })
        .build()
        .await?;
    let recorder = client.recorder();

    let prompt = client.get(&name).await?;
    let text = prompt.content().to_string();
    let call = recorder.started(&prompt);
    let execution = match model(&text).await {
        Ok((answer, input, output)) => {
            println!("{answer}");
            call.success().input(&text).output(&answer).tokens(input, output).tokens_estimated()
        }
        Err(why) => call.error("empty", why).input(&text),
    };
    let id = recorder.record(execution.key("user-1").tag("program", "example"));
    recorder.score(Score::of_execution(&id, "thumbs", true).source("user"));

    recorder.close().await;
    let stats = recorder.stats();
    eprintln!(
        "{id}: {} accepted, {} rejected, {} dropped",
        stats.accepted,
        stats.rejected,
        stats.dropped.total()
    );
    for why in &stats.rejections {
        eprintln!("{why}");
    }
    match stats.problem {
        Some(why) => Err(why.into()),
        None => Ok(()),
    }
}
