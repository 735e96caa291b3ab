"""A certificate authority of our own, and a server's certificate of it."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, issuer: str) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
    )


class Certificates:
    """Files of an authority, and of a server at `address` that it vouches for."""

    def __init__(self, folder: Path, address: str = "127.0.0.1") -> None:
        self.authority, self.server, self.key = (folder / name for name in ("ca.pem", "server.pem", "server.key"))
        ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        ca = _certificate("Mira's tests", ca_key, "Mira's tests").add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        ca = ca.add_extension(
            x509.KeyUsage(
                **dict.fromkeys(
                    ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"), False
                ),
                **dict.fromkeys(("key_agreement", "encipher_only", "decipher_only"), False),
                **dict.fromkeys(("key_cert_sign", "crl_sign"), True),
            ),
            critical=True,
        ).add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        server = (
            _certificate("redis", key, "Mira's tests")
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        )
        pem = serialization.Encoding.PEM
        self.authority.write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(pem))
        self.server.write_bytes(server.sign(ca_key, hashes.SHA256()).public_bytes(pem))
        self.key.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
