//! A server that says what a test tells it to, and remembers what it was asked. For tests only.

use crate::client::Client;
use crate::settings::Settings;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What was asked: the request's head in lower case, and its body.
pub(crate) type Asked = Arc<Mutex<Vec<(String, String)>>>;

/// Answers one request after the other, the last answer for ever; a status of 0 is silence.
pub(crate) async fn server(answers: &[(u16, &str)]) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = Asked::default();
    let answers: Vec<_> = answers
        .iter()
        .map(|(status, body)| (*status, (*body).to_owned()))
        .collect();
    let known = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            while let Some(request) = read(&mut stream).await {
                let n = {
                    let mut known = known.lock().expect("whole");
                    known.push(request);
                    known.len() - 1
                };
                let (status, body) = &answers[n.min(answers.len() - 1)];
                if *status > 0 {
                    answer(&mut stream, *status, body).await;
                }
            }
        }
    });
    (url, asked)
}

/// Settings for such a server, with short deadlines.
pub(crate) fn settings(url: &str) -> Settings {
    Settings {
        urls: vec![url.to_owned()],
        search_deadline: Duration::from_secs(10),
        write_deadline: Duration::from_secs(10),
        ..Settings::default()
    }
}

pub(crate) fn client(url: &str) -> Client {
    Client::new(&settings(url)).expect("the settings are right")
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line.to_lowercase());
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.trim().parse().expect("a number"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((head, String::from_utf8(body).expect("text")))
}

async fn answer(stream: &mut BufReader<TcpStream>, status: u16, body: &str) {
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let sent = stream.get_mut().write_all(answer.as_bytes()).await;
    sent.expect("the client reads the answer");
}
