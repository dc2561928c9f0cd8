//! What several tests need.

use mediamesh_ports::contract::server;
use mediamesh_registry::{Confluent, Settings};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

/// The settings of the real registry, with subjects that are no other test's.
pub fn settings() -> Settings {
    Settings {
        subject_prefix: format!("{}.", uuid::Uuid::now_v7().simple()),
        ..Settings::new(server("REGISTRY"))
    }
}

/// Sets the client up.
pub fn open(settings: Settings) -> Confluent {
    Confluent::open(settings).expect("settings that can be used")
}

/// Answers each request with the next of some answers, a connection each, and then listens no more.
///
/// What was asked comes out of the channel: the request line and the headers, in lower case.
pub fn answering(answers: &[(u16, &str)]) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (asked, requests) = mpsc::channel();
    let answers: Vec<(u16, String)> = answers
        .iter()
        .map(|(status, body)| (*status, (*body).to_owned()))
        .collect();
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (stream, _) = listener.accept().expect("a connection");
            let request = answer(stream, status, &body);
            if asked.send(request).is_err() {
                break;
            }
        }
    });
    (url, requests)
}

fn answer(mut stream: TcpStream, status: u16, body: &str) -> String {
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let (mut head, mut line, mut length) = (String::new(), String::new(), 0);
    while reader.read_line(&mut line).expect("a line") > 2 {
        let lower = line.to_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        head.push_str(&lower);
        line.clear();
    }
    reader.read_exact(&mut vec![0; length]).expect("a body");
    let answer = format!(
        "HTTP/1.1 {status} It\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).expect("an answer");
    head
}
