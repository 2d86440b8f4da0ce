"""A certificate authority of the rehearsal's own, trusted by nobody else.

Its key is thrown away once the one server certificate is signed, so the authority
can vouch for nothing more. When the certificate no longer fits, both are made anew.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = timedelta(days=365)
RENEW_BEFORE = timedelta(days=30)
LOOPBACK = "127.0.0.1"


def ensure_certificates(folder: Path, hosts: Iterable[str]) -> tuple[Path, Path]:
    """The authority's certificate and the server's key with its certificate (0600).

    They are made anew when they are missing, about to expire, or not for all hosts.
    """
    authority, server = folder / "ca.pem", folder / "server.pem"
    names = {*hosts, LOOPBACK}
    if not (authority.exists() and server.exists() and _fits(server, names)):
        _make(authority, server, names)
    return authority, server


def _fits(server: Path, names: set[str]) -> bool:
    certificate = x509.load_pem_x509_certificate(server.read_bytes())
    if certificate.not_valid_after_utc - datetime.now(UTC) < RENEW_BEFORE:
        return False
    alternatives = certificate.extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    certified = set(alternatives.value.get_values_for_type(x509.DNSName))
    return names - {LOOPBACK} <= certified


def _make(authority: Path, server: Path, names: set[str]) -> None:
    authority_key = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Rehearsal world, certificate authority")
    root = (
        _builder(issuer, issuer, authority_key.public_key(), authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority_key, SHA256())
    )
    leaf = (
        _builder(
            _name("Rehearsal world"),
            issuer,
            key.public_key(),
            authority_key.public_key(),
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .add_extension(_alternatives(names), critical=False)
        .sign(authority_key, SHA256())
    )
    secret = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encryption_algorithm=NoEncryption()
    )
    _write(server, secret + leaf.public_bytes(Encoding.PEM), 0o600)
    _write(authority, root.public_bytes(Encoding.PEM), 0o644)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePublicKey,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False
        )
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives(names: set[str]) -> x509.SubjectAlternativeName:
    hosts = [x509.DNSName(name) for name in sorted(names - {LOOPBACK})]
    return x509.SubjectAlternativeName([*hosts, x509.IPAddress(ip_address(LOOPBACK))])


def _write(file: Path, content: bytes, mode: int) -> None:
    """Put the file there whole, and readable to nobody else before its time."""
    draft = file.with_suffix(".new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(draft, flags, 0o600), "wb") as stream:
        stream.write(content)
    draft.chmod(mode)
    draft.replace(file)
