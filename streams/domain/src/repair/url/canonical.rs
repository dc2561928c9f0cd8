//! The forms of URLs by which the same medium and the same feed are known again.

use super::{LONGEST, mend, prefix};
use url::Url;

/// The form of a media URL that stays when a host moves it about; for comparing, never for fetching.
///
/// Measurement prefixes are taken off, the scheme is `https`, host lower case, without user, default port and
/// fragment; percent-encoding is brought to one spelling; parameters that change from fetch to fetch
/// (signatures, tokens, campaigns, players) go and the rest is sorted. `None` where it is no web address.
pub fn canonical_media(raw: &str) -> Option<String> {
    let url = prefix::unwrap(mend::mend(raw, None)?.value);
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?.trim_end_matches('.');
    let mut out = String::with_capacity(url.as_str().len());
    out.push_str("https://");
    out.push_str(host);
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        out.push(':');
        out.push_str(&port.to_string());
    }
    push_path(&mut out, url.path());
    let mut kept: Vec<&str> = parameters(&url)
        .filter(|(name, _)| !is_volatile(name))
        .map(|(_, pair)| pair)
        .collect();
    kept.sort_unstable();
    push_query(&mut out, &kept);
    Some(out)
}

/// The address of a feed in the one form from which the id of its source is made; it can be fetched.
///
/// `feed:` and its like become `https`, and campaign parameters, fragment and default port go. Scheme, path
/// and the order of parameters stay, since a server may tell them apart. `None` where it is no web address,
/// or where it carries a user or a password, which belong in no address that is shown.
pub fn canonical_feed(raw: &str) -> Option<String> {
    let mut url = mend::mend(raw, None)?.value;
    if !url.username().is_empty() || url.password().is_some() || url.as_str().len() > LONGEST {
        return None;
    }
    url.set_fragment(None);
    if url.query().is_some() {
        let mut query = String::new();
        let kept: Vec<&str> = parameters(&url)
            .filter(|(name, _)| !is_campaign(name))
            .map(|(_, pair)| pair)
            .collect();
        push_query(&mut query, &kept);
        url.set_query(query.strip_prefix('?'));
    }
    if let Some(host) = url.host_str().and_then(|host| host.strip_suffix('.')) {
        let host = host.to_owned();
        url.set_host(Some(&host)).ok()?;
    }
    Some(url.into())
}

/// The parameters of a query in order: name, and the pair as it stands.
fn parameters(url: &Url) -> impl Iterator<Item = (&str, &str)> {
    let pairs = url.query().unwrap_or("").split('&');
    pairs
        // `&amp;` escaped twice leaves its `amp;` before the name
        .map(|pair| pair.trim_start_matches("amp;"))
        .filter(|pair| !pair.is_empty())
        .map(|pair| (pair.split('=').next().unwrap_or(pair), pair))
}

fn push_query(out: &mut String, pairs: &[&str]) {
    for (at, pair) in pairs.iter().enumerate() {
        out.push(if at == 0 { '?' } else { '&' });
        out.push_str(pair);
    }
}

/// Writes a path with upper-case percent-encoding, and none where it is not needed.
fn push_path(out: &mut String, path: &str) {
    let mut copied = 0;
    for (at, _) in path.match_indices('%') {
        let Some(code) = path.get(at + 1..at + 3) else {
            continue;
        };
        let Ok(byte) = u8::from_str_radix(code, 16) else {
            continue;
        };
        if code.starts_with('+') || at < copied {
            continue;
        }
        out.push_str(&path[copied..at]);
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&code.to_ascii_uppercase());
        }
        copied = at + 3;
    }
    out.push_str(&path[copied..]);
}

/// Whether a parameter says where a link was seen, not what it leads to.
fn is_campaign(name: &str) -> bool {
    let name = name.as_bytes();
    let starts =
        |with: &[u8]| name.len() >= with.len() && name[..with.len()].eq_ignore_ascii_case(with);
    let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
    starts(b"utm_") || starts(b"mc_") || is(b"fbclid") || is(b"gclid") || is(b"igshid")
}

/// Whether a parameter changes from fetch to fetch while the medium stays the same.
fn is_volatile(name: &str) -> bool {
    const NAMES: [&str; 37] = [
        "_",
        "access_token",
        "auth",
        "awcollectionid",
        "awepisodeid",
        "awsaccesskeyid",
        "cache",
        "cachebuster",
        "cb",
        "dest-id",
        "exp",
        "expire",
        "expires",
        "hdnea",
        "hdnts",
        "hmac",
        "key-pair-id",
        "listeningsessionid",
        "md5",
        "nocache",
        "origin",
        "played_on",
        "policy",
        "rand",
        "ref",
        "referrer",
        "response-content-disposition",
        "response-content-type",
        "rss_browser",
        "session",
        "sessionid",
        "sig",
        "signature",
        "timestamp",
        "token",
        "ts",
        "updated",
    ];
    if is_campaign(name) {
        return true;
    }
    let mut buffer = [0_u8; 32];
    let Some(lower) = buffer.get_mut(..name.len()) else {
        return false;
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    let lower = std::str::from_utf8(lower).unwrap_or("");
    lower.starts_with("x-amz-")
        || lower.starts_with("x-goog-")
        || NAMES.binary_search(&lower).is_ok()
}
