//! TLS: the operating system's roots plus those of the configuration, and what its errors mean.

use crate::error::{CertificateFault, NetError};
use rustls::crypto::CryptoProvider;
use rustls::{CertificateError, ClientConfig, Error as RustlsError, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::Verifier;
use std::io;
use std::sync::Arc;
use tokio_rustls::TlsConnector;

/// A hundred roots of a school board is plenty; a gigabyte of them is an accident.
const MAX_EXTRA_ROOTS: usize = 256;

/// The two ways in which we speak TLS.
#[derive(Clone)]
pub(crate) struct Tls {
    raw: Arc<ClientConfig>,
    http: Arc<ClientConfig>,
}

impl Tls {
    pub(crate) fn new(extra: Vec<CertificateDer<'static>>) -> Result<Self, NetError> {
        let provider: Arc<CryptoProvider> = Arc::new(rustls::crypto::ring::default_provider());
        // The extra ones were tried by `certificates`: what fails here is the system's store.
        let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider))
            .map_err(|e| NetError::Device { why: e.to_string() })?;
        let raw = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| NetError::Device { why: e.to_string() })?
            .dangerous() // named so by rustls; the verifier is the platform's
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        let mut http = raw.clone();
        http.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            raw: Arc::new(raw),
            http: Arc::new(http),
        })
    }

    /// For anything that is not HTTP (no ALPN).
    pub(crate) fn raw(&self) -> TlsConnector {
        Arc::clone(&self.raw).into()
    }

    /// For HTTP and WebSocket.
    pub(crate) fn http(&self) -> TlsConnector {
        Arc::clone(&self.http).into()
    }
}

/// The authorities of a PEM text. Empty or broken is an error: nobody configures nothing.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found = CertificateDer::pem_slice_iter(pem)
        .take(MAX_EXTRA_ROOTS)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| e.to_string())?;
    if found.is_empty() {
        return Err("no certificate in it".to_owned());
    }
    let mut store = RootCertStore::empty();
    for certificate in &found {
        store.add(certificate.clone()).map_err(|e| e.to_string())?;
    }
    Ok(found)
}

/// The name that the certificate has to be for.
pub(crate) fn server_name(host: &str) -> Result<ServerName<'static>, NetError> {
    ServerName::try_from(host.to_owned()).map_err(|_| NetError::Address {
        why: "the host is neither a name nor an address",
    })
}

/// What a failed handshake means.
pub(crate) fn handshake_error(host: &str, source: io::Error) -> NetError {
    let host = host.to_owned();
    let inner = source
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<RustlsError>());
    match inner {
        Some(RustlsError::InvalidCertificate(error)) => NetError::Certificate {
            host,
            fault: fault(error),
            source,
        },
        Some(_) => NetError::Tls { host, source },
        // Hanging up in the middle of a handshake is how some firewalls say no.
        None => NetError::Tls { host, source },
    }
}

fn fault(error: &CertificateError) -> CertificateFault {
    use CertificateError as E;
    match error {
        E::NotValidForName | E::NotValidForNameContext { .. } => CertificateFault::WrongName,
        E::UnknownIssuer => CertificateFault::UnknownIssuer,
        E::Expired | E::ExpiredContext { .. } => CertificateFault::Expired,
        E::NotValidYet | E::NotValidYetContext { .. } => CertificateFault::NotYetValid,
        E::Revoked => CertificateFault::Revoked,
        _ => CertificateFault::Other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_without_certificates_is_refused() {
        assert!(certificates(b"").is_err());
        assert!(certificates(b"hello").is_err());
        let broken = b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
        assert!(certificates(broken).is_err());
    }

    #[test]
    fn broken_der_in_good_pem_is_refused() {
        let pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(certificates(pem).is_err());
    }
}
