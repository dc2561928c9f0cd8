//! TLS by rustls.

use crate::settings::{Tls, Unusable};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// The provider is passed here and not installed for the process, so that nothing depends on what else has
/// started before.
pub(crate) fn client(tls: &Tls) -> Result<Arc<ClientConfig>, Unusable> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_root_certificates(roots(tls)?);
    let config = match (&tls.certificate, &tls.key) {
        (Some(certificate), Some(key)) => {
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unread(key, error))?;
            let config = config.with_client_auth_cert(certificates(certificate)?, key);
            config.map_err(unusable)?
        }
        _ => config.with_no_client_auth(),
    };
    Ok(Arc::new(config))
}

fn roots(tls: &Tls) -> Result<RootCertStore, Unusable> {
    let Some(file) = &tls.authorities else {
        return Ok(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        });
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(unusable)?;
    }
    Ok(roots)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Unusable> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let certificates: Vec<_> = read.map_err(|error| unread(file, error))?;
    if certificates.is_empty() {
        return Err(unread(file, "it holds no certificate"));
    }
    Ok(certificates)
}

fn unusable(error: impl std::fmt::Display) -> Unusable {
    Unusable(format!("TLS cannot be set up: {error}"))
}

fn unread(file: &Path, error: impl std::fmt::Display) -> Unusable {
    Unusable(format!("{} cannot be read: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_authorities_are_trusted_where_none_is_named() {
        assert!(client(&Tls::default()).is_ok());
    }

    #[test]
    fn a_file_without_certificates_is_named() {
        let authorities = Some(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").into());
        let tls = Tls {
            authorities,
            ..Tls::default()
        };
        let refused = client(&tls).unwrap_err().to_string();
        assert!(refused.contains("Cargo.toml"), "{refused}");
    }
}
