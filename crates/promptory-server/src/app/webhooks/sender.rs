//! Sends one message to one address. Names are resolved here and only addresses that may be reached are connected to, so
//! that an endpoint cannot lead the server to what only the server can reach. Redirects are not followed.

use std::{
    error::Error,
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use promptory_core::{limits, webhook::is_public};
use reqwest::{
    Client, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};

use crate::jobs::Lease;

/// From the connection to the end of the answer.
const WAIT: Duration = Duration::from_secs(15);
/// Of an answer that refuses, for people to read.
const ANSWER_BYTES: usize = 300;

pub struct Webhooks {
    /// Whether private addresses may be reached.
    private: bool,
    /// Made when the first message is sent: it needs the system's certificates.
    client: OnceLock<Result<Client, String>>,
    /// Whether this server sends.
    pub lease: Lease,
}

/// A message as it is sent.
pub(super) struct Message<'a> {
    pub id: &'a str,
    /// Seconds since 1970.
    pub timestamp: i64,
    pub signature: &'a str,
    pub body: String,
}

/// How it went.
pub(super) struct Sent {
    /// None: there was no answer.
    pub status: Option<u16>,
    /// Empty: it was taken.
    pub error: String,
}

impl Webhooks {
    pub fn new(private: bool, lease: Lease) -> Self {
        Self { private, client: OnceLock::new(), lease }
    }

    /// # Errors
    /// Why messages may not go there, for people.
    pub(super) fn address(&self, text: &str) -> Result<Url, String> {
        if text.len() > limits::URL_BYTES {
            return Err(format!("An address has at most {} bytes.", limits::URL_BYTES));
        }
        let url = Url::parse(text)
            .map_err(|_| "Give a whole address, such as https://example.com/hook.".to_owned())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("An address has no user and password in it; messages are signed instead.".to_owned());
        }
        let allowed = match url.scheme() {
            "https" => true,
            "http" => self.private,
            _ => false,
        };
        if !allowed {
            return Err("The address begins with https://; plain http is only for servers whose setting \
                        `webhook_addresses` is \"any\"."
                .to_owned());
        }
        match literal(&url) {
            Some(address) if !self.private && !is_public(address) => {
                Err(refused(url.host_str().unwrap_or_default()))
            }
            _ => Ok(url),
        }
    }

    pub(super) async fn send(&self, url: &str, message: Message<'_>) -> Sent {
        match self.sent(url, message).await {
            Ok(sent) => sent,
            Err(error) => Sent { status: None, error },
        }
    }

    async fn sent(&self, url: &str, message: Message<'_>) -> Result<Sent, String> {
        // Again: what is allowed may have changed since.
        let url = self.address(url)?;
        let client = self.client.get_or_init(|| client(self.private)).as_ref().map_err(Clone::clone)?;
        let request = client
            .post(url)
            .header("content-type", "application/json")
            .header("user-agent", concat!("promptory/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp.to_string())
            .header("webhook-signature", message.signature)
            .body(message.body);
        let mut answer = request.send().await.map_err(|error| causes(&error))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(Sent { status: Some(status.as_u16()), error: String::new() });
        }
        let mut said = Vec::new();
        while said.len() < ANSWER_BYTES
            && let Ok(Some(chunk)) = answer.chunk().await
        {
            said.extend_from_slice(&chunk[..chunk.len().min(ANSWER_BYTES - said.len())]);
        }
        let said = String::from_utf8_lossy(&said).replace('\0', "");
        let about = if status.is_redirection() { " Redirects are not followed." } else { "" };
        let error = format!("The endpoint answered {}.{about} {}", status.as_u16(), said.trim());
        Ok(Sent { status: Some(status.as_u16()), error: error.trim_end().to_owned() })
    }
}

fn client(private: bool) -> Result<Client, String> {
    // Fails only when a provider is there already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .timeout(WAIT)
        .redirect(Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(Checked { private }))
        .build();
    client.map_err(|error| causes(&error))
}

/// The address that stands in place of a name.
fn literal(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_matches(['[', ']']).parse().ok()
}

fn refused(host: &str) -> String {
    format!(
        "{host} is a private address, which the server calls only if its setting `webhook_addresses` is \"any\"."
    )
}

/// With what is behind it: "error sending request" alone helps nobody.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// Answers only addresses that may be reached, so what is checked is what is connected to.
struct Checked {
    private: bool,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !private && found.iter().any(|address| !is_public(address.ip())) {
                return Err(refused(name.as_str()).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_messages_may_go() {
        let webhooks = |private| Webhooks::new(private, Lease::new("test"));
        for good in
            ["https://example.com/hook?token=1", "https://8.8.8.8/", "https://[2606:4700:4700::1111]:8443/x"]
        {
            assert!(webhooks(false).address(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "example.com",
            "ftp://example.com",
            "http://example.com",
            "https://user@example.com",
            "https://user:pass@example.com",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://10.0.0.1",
            "https://169.254.169.254/latest",
            "https://[::ffff:127.0.0.1]/",
            "https://2130706433/",
            "https://0x7f.1/",
        ] {
            assert!(webhooks(false).address(bad).is_err(), "{bad}");
        }
        for good in ["http://127.0.0.1:8080/x", "http://hooks.internal/", "https://[::1]/"] {
            assert!(webhooks(true).address(good).is_ok(), "{good}");
        }
        assert!(webhooks(true).address("ftp://example.com").is_err());
        assert!(
            webhooks(true)
                .address(&format!("https://example.com/{}", "x".repeat(limits::URL_BYTES)))
                .is_err()
        );
    }
}
