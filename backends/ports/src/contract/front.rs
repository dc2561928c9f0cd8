//! A door with TLS before a server without it, so that tests meet certificates, names and passwords as deployments do.
//!
//! A door before an HTTP server may also ask for a user and a password. Certificates are made for the test.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{self, CryptoProvider};
use tokio_rustls::rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime,
};
use tokio_rustls::rustls::{
    self, ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme,
};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// The longest head of a request that is read.
const LONGEST_HEAD: usize = 64 << 10;

/// Signs certificates, and is trusted by whoever is given its own.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A door; it is closed when it is dropped.
pub struct Front {
    /// Where it is, on 127.0.0.1.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

/// What a door before an HTTP server asks for.
#[derive(Debug, Clone)]
pub struct Asks(String);

impl Asks {
    /// A user and a password.
    #[must_use]
    pub fn login(user: &str, password: &str) -> Self {
        Self(format!(
            "Basic {}",
            STANDARD.encode(format!("{user}:{password}"))
        ))
    }

    fn is_told(&self, head: &[u8]) -> bool {
        let said = String::from_utf8_lossy(head);
        let mut named = said.lines().filter_map(|line| line.split_once(": "));
        named.any(|(name, value)| name.eq_ignore_ascii_case("authorization") && value == self.0)
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// An authority that nobody trusts yet.
    ///
    /// # Panics
    /// Where no key can be made.
    #[must_use]
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "an authority of the tests");
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    /// Its own certificate, as PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A door before the server at `host:port`, with a certificate for these names or addresses.
    ///
    /// # Panics
    /// Where there is no port, or a name is none.
    pub async fn front(&self, server: &str, names: &[&str], asks: Option<Asks>) -> Front {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(names).expect("names");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config =
            ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("protocol versions")
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key)
                .expect("the certificate fits its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = server.to_owned();
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, server, asks) = (acceptor.clone(), server.clone(), asks.clone());
                // A connection that fails is the client's matter: the test looks at what that says.
                tokio::spawn(async move {
                    let _ = serve(acceptor, socket, &server, asks.as_ref()).await;
                });
            }
        });
        Front { address, task }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The certificate that a server shows, as PEM, whoever signed it: to be trusted where it signs itself.
///
/// # Panics
/// Where no server with TLS is there.
pub async fn certificate_at(address: &str) -> String {
    let trusting = Arc::new(Trusting(crypto::ring::default_provider()));
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .dangerous()
        .with_custom_certificate_verifier(trusting)
        .with_no_client_auth();
    let socket = TcpStream::connect(address).await.expect("a server");
    let name = ServerName::try_from("localhost").expect("a name");
    let client = TlsConnector::from(Arc::new(config)).connect(name, socket);
    let client = client.await.expect("a server with TLS");
    let shown = client.get_ref().1.peer_certificates();
    let shown = shown.and_then(<[_]>::first).expect("a certificate");
    let lines = STANDARD.encode(shown);
    let lines = lines.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines = lines.collect::<Vec<_>>().join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
}

/// Takes any certificate: nothing is told to the server.
#[derive(Debug)]
struct Trusting(CryptoProvider);

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = self.0.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

async fn serve(
    acceptor: TlsAcceptor,
    socket: TcpStream,
    server: &str,
    asks: Option<&Asks>,
) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let mut client = acceptor.accept(socket).await?;
    let mut head = Vec::new();
    if let Some(asks) = asks {
        // A client says the same with every request of a connection, so the first one tells.
        while !ends(&head) && head.len() < LONGEST_HEAD && client.read_buf(&mut head).await? > 0 {}
        if !asks.is_told(&head) {
            return turn_away(&mut client).await;
        }
    }
    let mut upstream = TcpStream::connect(server).await?;
    upstream.set_nodelay(true)?;
    upstream.write_all(&head).await?;
    copy_bidirectional(&mut client, &mut upstream).await?;
    Ok(())
}

fn ends(head: &[u8]) -> bool {
    head.windows(4).any(|end| end == b"\r\n\r\n")
}

async fn turn_away(client: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> std::io::Result<()> {
    let answer = "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm=\"front\"\r\n\
        content-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    client.write_all(answer.as_bytes()).await?;
    client.flush().await?;
    client.shutdown().await
}
