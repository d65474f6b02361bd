//! Between a client and a server: passes everything on, and keeps what the client asked.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

pub struct Recorder {
    pub url: String,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Recorder {
    /// For a server at this address. It ends with the process.
    pub fn before(server: &str) -> Self {
        let server: SocketAddr = server.trim_start_matches("http://").parse().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let heard: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let kept = Arc::clone(&heard);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                pass(client, TcpStream::connect(server).expect("the server listens"), Arc::clone(&kept));
            }
        });
        Self { url, heard }
    }

    /// The heads of the requests, connection by connection: method and address, then headers with small names.
    pub fn requests(&self) -> Vec<Vec<String>> {
        let heard = self.heard.lock().expect("unpoisoned");
        let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).expect("GET has no body");
        let connections: Vec<String> = heard.iter().map(text).collect();
        let heads = connections.iter().flat_map(|connection| connection.split("\r\n\r\n"));
        heads.filter(|head| !head.is_empty()).map(|head| head.split("\r\n").map(lower).collect()).collect()
    }
}

fn lower(line: &str) -> String {
    match line.split_once(": ") {
        Some((name, value)) => format!("{}: {value}", name.to_ascii_lowercase()),
        None => line.to_owned(),
    }
}

fn pass(client: TcpStream, server: TcpStream, heard: Arc<Mutex<Vec<Vec<u8>>>>) {
    let place = {
        let mut heard = heard.lock().expect("unpoisoned");
        heard.push(Vec::new());
        heard.len() - 1
    };
    let (mut from, mut to) = (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"));
    std::thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut piece) {
            heard.lock().expect("unpoisoned")[place].extend_from_slice(&piece[..read]);
            if to.write_all(&piece[..read]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
    let (mut from, mut to) = (server, client);
    std::thread::spawn(move || {
        // It ends when either side hangs up.
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
}
