//! Bodies that are too long, too slow, or not what they say.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::super::super::error::Trouble;
use super::super::super::testing::{Server, Step, answer};
use super::*;

const GZIP: &str = "content-encoding: gzip";

fn gzip(len: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; len]).unwrap();
    encoder.finish().unwrap()
}

/// Spaces in the zlib format, which HTTP calls deflate.
fn deflate(len: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; len]).unwrap();
    encoder.finish().unwrap()
}

/// Spaces as a Zstandard frame (RFC 8878) of blocks that each repeat one byte.
fn zstd(len: usize) -> Vec<u8> {
    const BLOCK: usize = 128 * 1024;
    // The magic number, no content size, a window of 128 KiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    let mut left = len;
    while left > 0 {
        let block = left.min(BLOCK);
        left -= block;
        let head = u32::from(left == 0) | (1 << 1) | ((block as u32) << 3);
        frame.extend_from_slice(&head.to_le_bytes()[..3]);
        frame.push(b' ');
    }
    frame
}

async fn body_of(
    steps: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static,
) -> Result<Fetched, Error> {
    let server = Server::start(steps).await;
    get(&client(&[&server]), server.url("/")).await
}

fn len(result: Result<Fetched, Error>) -> usize {
    match result {
        Ok(Fetched::Body { bytes, .. }) => bytes.len(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_compressed_body_is_counted_after_decompression() {
    let cap = 15 * 1024 * 1024;
    let (fits, bomb) = (gzip(cap), gzip(cap + 1));
    assert!(
        bomb.len() < 20_000,
        "a small answer that grows: {}",
        bomb.len()
    );
    let fetched = body_of(move |_| answer("200 OK", &[GZIP], &fits)).await;
    assert_eq!(len(fetched), cap);
    let error = body_of(move |_| answer("200 OK", &[GZIP], &bomb))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::TooLarge { limit_bytes } if limit_bytes == cap as u64),
        "{error}"
    );
}

#[tokio::test]
async fn each_compression_that_is_asked_for_is_undone_within_the_same_cap() {
    let cap = 15 * 1024 * 1024;
    let packed = |len| [gzip(len), deflate(len), zstd(len)];
    let names = ["gzip", "deflate", "zstd"];
    let both = packed(cap).into_iter().zip(packed(cap + 1));
    for (name, (fits, bomb)) in names.into_iter().zip(both) {
        let line = format!("content-encoding: {name}");
        let (line, again) = (line.clone(), line);
        let fetched = body_of(move |head| {
            assert!(
                head.contains("accept-encoding: ") && head.contains("zstd"),
                "{head}"
            );
            answer("200 OK", &[&line], &fits)
        })
        .await;
        assert_eq!(len(fetched), cap, "{name}");
        let error = body_of(move |_| answer("200 OK", &[&again], &bomb)).await;
        assert!(matches!(error, Err(Error::TooLarge { .. })), "{name}");
    }
    let hello = b"\x0b\x02\x80hello\x03";
    let fetched = body_of(move |_| answer("200 OK", &["content-encoding: br"], hello)).await;
    assert_eq!(len(fetched), 5);
}

#[tokio::test]
async fn a_request_may_lower_the_limit_but_not_raise_it() {
    let server = Server::start(|_| answer("200 OK", &[], "0123456789")).await;
    let client = Client::new(Policy {
        max_bytes: 10,
        ..listing(&[&server])
    })
    .unwrap();
    for (max_bytes, fits) in [
        (None, true),
        (Some(10), true),
        (Some(9), false),
        (Some(99), true),
    ] {
        let request = Request {
            max_bytes,
            ..Request::get(server.url("/"))
        };
        assert_eq!(client.fetch(request).await.is_ok(), fits, "{max_bytes:?}");
    }
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let error = body_of(|_| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let mut steps = vec![Step::Send(head.into())];
        let chunk = [b"100000\r\n", &[b' '; 0x10_0000][..], b"\r\n"].concat();
        steps.extend((0..64).map(|_| Step::Send(chunk.clone())));
        steps
    })
    .await
    .unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn a_lying_content_length_gains_nothing() {
    let short = body_of(|_| answer("200 OK", &["content-length: 4"], "0123456789")).await;
    assert_eq!(len(short), 4);
    let broken = body_of(|_| answer("200 OK", &["content-length: 999"], "0123456789")).await;
    let broken = broken.unwrap_err();
    assert!(
        matches!(
            broken,
            Error::Transport {
                trouble: Trouble::Broken,
                ..
            }
        ),
        "{broken:?}"
    );
    let huge = body_of(|_| answer("200 OK", &["content-length: 99999999999"], "0")).await;
    assert!(matches!(huge, Err(Error::TooLarge { .. })), "{huge:?}");
    let absurd = format!("content-length: {}", "9".repeat(30));
    let absurd = body_of(move |_| answer("200 OK", &[&absurd], "0")).await;
    assert!(matches!(absurd, Err(Error::Transport { .. })), "{absurd:?}");
    let packed = gzip(100);
    let lying = body_of(move |_| answer("200 OK", &[GZIP, "content-length: 10"], &packed)).await;
    assert!(matches!(lying, Err(Error::Transport { .. })), "{lying:?}");
}

#[tokio::test]
async fn a_slow_drip_is_given_up() {
    let server = Server::start(|_| {
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n";
        let mut steps = vec![Step::Send(head.into())];
        for _ in 0..1000 {
            steps.push(Step::Wait(Duration::from_millis(20)));
            steps.push(Step::Send(b" ".to_vec()));
        }
        steps
    })
    .await;
    let policy = Policy {
        slow_grace: Duration::from_millis(200),
        ..listing(&[&server])
    };
    let error = get(&Client::new(policy).unwrap(), server.url("/")).await;
    let error = error.unwrap_err();
    assert!(
        matches!(
            error,
            Error::TooSlow {
                min_bytes_per_s: 1024
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_compression_that_is_not_known_or_is_damaged_is_an_error() {
    for encoding in ["snappy", "gzip, gzip", "compress"] {
        let line = format!("content-encoding: {encoding}");
        let result = body_of(move |_| answer("200 OK", &[&line], "x")).await;
        assert!(
            matches!(result, Err(Error::Encoding)),
            "{encoding}: {result:?}"
        );
    }
    let plain = body_of(|_| answer("200 OK", &["content-encoding: identity"], "x")).await;
    assert_eq!(len(plain), 1);
    let (garbage, cut) = (b"no gzip at all".to_vec(), gzip(10_000)[..20].to_vec());
    for (damaged, expected) in [(garbage, Trouble::Corrupt), (cut, Trouble::Broken)] {
        let result = body_of(move |_| answer("200 OK", &[GZIP], &damaged)).await;
        let Err(Error::Transport { trouble, .. }) = result else {
            panic!("{result:?}");
        };
        assert_eq!(trouble, expected);
    }
}
