//! Measurement services that put themselves before a media URL: `https://op3.dev/e/host/file.mp3`.

use super::mend::looks_like_host;
use url::Url;

/// More services than this in a row are not followed.
const MOST: usize = 12;

/// The URL behind all measurement services, or the URL itself.
pub(super) fn unwrap(url: Url) -> Url {
    let mut url = url;
    for _ in 0..MOST {
        match behind(&url) {
            Some(inner) => url = inner,
            None => break,
        }
    }
    url
}

/// The URL that the path of a service's URL carries.
fn behind(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    if !is_service(host) {
        return None;
    }
    let path = url.path();
    let mut address = None;
    for (at, _) in path.match_indices('/') {
        let rest = &path[at + 1..];
        let segment = rest.split('/').next().unwrap_or("");
        if let Some(encoded) = encoded_url(segment) {
            return Url::parse(&encoded).ok();
        }
        let is_web = matches!(segment, "http:" | "https:");
        // a host needs a path behind it, else it is the name of the file
        if is_web || (looks_like_host(segment) && rest.len() > segment.len() + 1) {
            address = Some((rest, is_web));
            break;
        }
    }
    let (rest, is_web) = address?;
    let mut inner = if is_web {
        let (scheme, rest) = rest.split_once(':')?;
        format!("{scheme}://{}", rest.trim_start_matches('/'))
    } else {
        format!("https://{rest}")
    };
    if let Some(query) = url.query() {
        inner.push('?');
        inner.push_str(query);
    }
    Url::parse(&inner).ok().filter(Url::has_host)
}

/// A whole URL percent-encoded into one segment, as Anchor writes it.
fn encoded_url(segment: &str) -> Option<String> {
    let starts = [
        "https%3A%2F%2F",
        "http%3A%2F%2F",
        "https%3a%2f%2f",
        "http%3a%2f%2f",
    ];
    if !starts.iter().any(|start| segment.starts_with(start)) {
        return None;
    }
    let mut out = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(b) = bytes.next() {
        if b != b'%' {
            out.push(b);
            continue;
        }
        let pair = [bytes.next()?, bytes.next()?];
        out.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
    }
    String::from_utf8(out).ok()
}

/// Whether a host belongs to a service whose URLs carry another.
fn is_service(host: &str) -> bool {
    const HOSTS: [&str; 31] = [
        "2.gum.fm",
        "anchor.fm",
        "arttrk.com",
        "chrt.fm",
        "chtbl.com",
        "claritaspod.com",
        "clrtpod.com",
        "dts.podtrac.com",
        "growx.podkite.com",
        "gum.fm",
        "ins.blubrry.com",
        "media.blubrry.com",
        "mgln.ai",
        "op3.dev",
        "p.podderapp.com",
        "pdcn.co",
        "pdrl.fm",
        "pdst.fm",
        "pfx.vpixl.com",
        "play.podtrac.com",
        "podtrac.com",
        "prefix.up.audio",
        "prfx.byspotify.com",
        "pscrb.fm",
        "r.zen.ai",
        "s.gum.fm",
        "tracking.swap.fm",
        "traffic.libsyn.com",
        "trk.mgln.ai",
        "verifi.podscribe.com",
        "www.podtrac.com",
    ];
    HOSTS.binary_search(&host).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_service;

    #[test]
    fn services_are_found_by_their_host() {
        for host in ["2.gum.fm", "op3.dev", "www.podtrac.com", "chtbl.com"] {
            assert!(is_service(host), "{host}");
        }
        assert!(!is_service("cdn.example"));
    }
}
