//! Prints a prompt, rendered: `cargo run -p promptory-sdk --example reply -- support/reply '{"customer": "Ada"}'`
//!
//! `PROMPTORY_URL` and `PROMPTORY_KEY` say where and as whom.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use promptory_sdk::{Client, Error};
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("PROMPTORY_URL").unwrap_or_else(|_| "http://127.0.0.1:8080".to_owned());
    let key = std::env::var("PROMPTORY_KEY").map_err(|_| "PROMPTORY_KEY is not set")?;
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().ok_or("name a prompt")?;
    let variables: Value = serde_json::from_str(&arguments.next().unwrap_or_else(|| "{}".to_owned()))?;

    let client = Client::builder(url, key).build().await?;
    match client.resolve(&name).version("*").variables(variables).await {
        Ok(prompt) => {
            eprintln!("{} {} ({}, {:?})", prompt.name(), prompt.version(), prompt.reason(), prompt.source());
            match (prompt.text(), prompt.messages()) {
                (Some(text), _) => println!("{text}"),
                (None, messages) => {
                    for message in messages.unwrap_or_default() {
                        println!("{}: {}", message.role, message.content);
                    }
                }
            }
            Ok(())
        }
        // All missing and ill-typed variables at once.
        Err(Error::Refused(problem)) => {
            for item in &problem.errors {
                eprintln!("{}: {}", item.pointer, item.detail);
            }
            Err(problem.detail.clone().into())
        }
        Err(error) => Err(error.into()),
    }
}
