//! As little HTTP/1.1 as a load generator needs: prebuilt requests out, answers with a Content-Length in.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, Result, bail};

const PATIENCE: Duration = Duration::from_secs(120);

/// One connection that is kept open.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Of the answer read last.
    filled: usize,
}

/// An answer inside its connection's buffer.
pub struct Answer<'b> {
    pub status: u16,
    pub head: &'b [u8],
    pub body: &'b [u8],
}

impl Answer<'_> {
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = std::str::from_utf8(self.head).ok()?;
        head.lines().filter_map(|line| line.split_once(": ")).find(|(key, _)| *key == name).map(|(_, v)| v)
    }

    pub fn json(&self) -> Result<serde_json::Value> {
        Ok(serde_json::from_slice(self.body)?)
    }

    pub fn expect(self, status: u16) -> Result<Self> {
        if self.status != status {
            bail!("{} where {status} was expected: {}", self.status, String::from_utf8_lossy(self.body));
        }
        Ok(self)
    }
}

/// The bytes of a request.
pub fn request(method: &str, path: &str, key: &str, extra: &str, body: &str) -> Vec<u8> {
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n{extra}");
    if method != "GET" {
        text += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    }
    text += "\r\n";
    text += body;
    text.into_bytes()
}

impl Connection {
    pub fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: vec![0; 16 * 1024], filled: 0 })
    }

    pub fn call(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.send(request)?;
        self.receive()
    }

    pub fn send(&mut self, request: &[u8]) -> Result<()> {
        self.stream.write_all(request).context("a request could not be sent")
    }

    pub fn receive(&mut self) -> Result<Answer<'_>> {
        self.filled = 0;
        let head = loop {
            let from = self.filled.saturating_sub(3);
            self.more()?;
            let fresh = &self.buffer[from..self.filled];
            if let Some(at) = fresh.windows(4).position(|four| four == b"\r\n\r\n") {
                break from + at + 4;
            }
        };
        let (status, length) = read_head(&self.buffer[..head])?;
        if self.buffer.len() < head + length {
            self.buffer.resize(head + length, 0);
        }
        while self.filled < head + length {
            self.more()?;
        }
        Ok(Answer { status, head: &self.buffer[..head], body: &self.buffer[head..head + length] })
    }

    fn more(&mut self) -> Result<()> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.filled * 2, 0);
        }
        let count = self.stream.read(&mut self.buffer[self.filled..]).context("no answer came")?;
        if count == 0 {
            bail!("the server closed the connection");
        }
        self.filled += count;
        Ok(())
    }
}

/// Status, and how long the body is.
fn read_head(head: &[u8]) -> Result<(u16, usize)> {
    let text = std::str::from_utf8(head)?;
    let status = text.get(9..12).and_then(|digits| digits.parse().ok()).context("this is not HTTP/1.1")?;
    let name = "content-length: ";
    let length = text.lines().find_map(|line| line.strip_prefix(name)).map_or(Ok(0), str::parse)?;
    Ok((status, if status == 304 { 0 } else { length }))
}

#[cfg(test)]
mod tests {
    use super::read_head;

    #[test]
    fn heads_are_read() {
        let head = b"HTTP/1.1 200 OK\r\netag: \"a\"\r\ncontent-length: 12\r\n\r\n";
        assert_eq!(read_head(head).unwrap(), (200, 12));
        assert_eq!(read_head(b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n").unwrap(), (304, 0));
        assert!(read_head(b"nonsense\r\n\r\n").is_err());
    }
}
