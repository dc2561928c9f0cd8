//! Whether news are signed with the subscription's secret (`X-Hub-Signature`).

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

/// Whether `signature` (`method=hexadecimal`) is that of the body. The methods are those of the
/// specification; hubs choose.
pub(super) fn is_right(signature: &str, secret: &str, body: &[u8]) -> bool {
    let Some((method, hex)) = signature.trim().split_once('=') else {
        return false;
    };
    let Some(sent) = unhex(hex) else {
        return false;
    };
    let key = secret.as_bytes();
    match method.to_ascii_lowercase().as_str() {
        "sha1" => verify::<Hmac<Sha1>>(key, body, &sent),
        "sha256" => verify::<Hmac<Sha256>>(key, body, &sent),
        "sha384" => verify::<Hmac<Sha384>>(key, body, &sent),
        "sha512" => verify::<Hmac<Sha512>>(key, body, &sent),
        _ => false,
    }
}

/// In constant time; a shorter code than the method's is none.
fn verify<M: Mac + KeyInit>(key: &[u8], body: &[u8], sent: &[u8]) -> bool {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        return false;
    };
    mac.update(body);
    mac.verify_slice(sent).is_ok()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8]| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok();
    match digits.len() {
        len if len > 0 && len.is_multiple_of(2) && len <= 128 => {
            digits.chunks_exact(2).map(byte).collect()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2202 and RFC 4231, test case 2.
    #[test]
    fn published_vectors_are_right_and_nothing_else_is() {
        let (key, body) = ("Jefe", b"what do ya want for nothing?");
        let sha1 = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
        let sha256 = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert!(is_right(sha1, key, body));
        assert!(is_right(sha256, key, body));
        assert!(is_right(&sha256.to_uppercase(), key, body));
        for wrong in [
            "",
            "sha256",
            "sha256=",
            "sha256=5b",
            "sha256=zz",
            "md5=effcdf6ae5eb2fa2d27416d5f184df9c",
            "sha1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3844",
            "sha256=é",
        ] {
            assert!(!is_right(wrong, key, body), "{wrong}");
        }
        assert!(!is_right(sha256, "jefe", body));
        assert!(!is_right(sha256, key, b"what do you want for nothing?"));
    }
}
