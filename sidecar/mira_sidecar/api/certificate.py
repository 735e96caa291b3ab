"""`mira-sidecar certificate`: one that the mirror signs itself, for clients that know its fingerprint."""

import ipaddress
import json
import re
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ifaddr
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.printing import say
from mira_sidecar.private import write_private
from mira_sidecar.store.files import certificate_key_of, certificate_of

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", re.ASCII)
_LONGEST_COMMON_NAME = 64


def certify(database: Path, further: Iterable[str], days: int, *, force: bool) -> None:
    """Write a certificate and its key for this machine, and say how to use them. Raises OperationError."""
    file, key_file = certificate_of(database), certificate_key_of(database)
    if (there := [path for path in (file, key_file) if path.exists()]) and not force:
        raise OperationError(
            f"{there[0]} exists, and clients may know it. Replace it with --force; then give them the new one."
        )
    names = list(dict.fromkeys((*_own_names(), *map(_checked, further))))
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(names, key, datetime.now(UTC).replace(microsecond=0), timedelta(days))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for path, body in ((key_file, pem), (file, certificate.public_bytes(serialization.Encoding.PEM))):
        try:
            write_private(path, body)
        except OSError as error:
            raise OperationError(f"{path} cannot be written ({error.strerror}). Give this user access.") from error
    say(f"The certificate for {', '.join(names)}")
    say(
        f"is valid until {certificate.not_valid_after_utc:%Y-%m-%d}. Its SHA-256 fingerprint, for clients that pin it:",
        "",
    )
    say(f"  {certificate.fingerprint(hashes.SHA256()).hex(':').upper()}", "")
    say("Put this into the settings file, or set both in another way, and start the sidecar again:", "")
    say(f"  api_certificate = {json.dumps(str(file))}", f"  api_certificate_key = {json.dumps(str(key_file))}")


def _certificate(
    names: list[str], key: ec.EllipticCurvePrivateKey, since: datetime, lasts: timedelta
) -> x509.Certificate:
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:_LONGEST_COMMON_NAME])])
    made = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + lasts)
    )
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectAlternativeName(map(_general, names)), False),
        # Whoever trusts it trusts it for this mirror alone: its key can sign nothing else.
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ]
    for extension, critical in extensions:
        made = made.add_extension(extension, critical)
    return made.sign(key, hashes.SHA256())


def _own_names() -> list[str]:
    """What this machine is called, and its addresses, those first that others may use."""
    host = socket.gethostname().lower()
    names = [host, f"{host.partition('.')[0]}.local"] if _HOST.fullmatch(host) else []
    texts = (str(ip.ip if ip.is_IPv4 else ip.ip[0]) for adapter in ifaddr.get_adapters() for ip in adapter.ips)
    addresses = sorted({ipaddress.ip_address(text) for text in texts}, key=lambda one: (one.is_loopback, one.version))
    return [*names, *(str(one) for one in addresses if not one.is_link_local), "localhost", "127.0.0.1", "::1"]


def _checked(name: str) -> str:
    """A further name or address. Raises OperationError."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        host = name.lower().encode("idna").decode()
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise OperationError(f"`{name}` in --names is neither the name of a machine nor an address.")
    return host


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
