"""What could keep the API from working, for `mira-sidecar doctor`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cryptography import x509

from mira_sidecar.api import LOOPBACK, not_installed
from mira_sidecar.api.keys import all_keys
from mira_sidecar.config import Settings
from mira_sidecar.operations.findings import Finding
from mira_sidecar.store.errors import StoreError

_SOON = timedelta(days=30)


def findings(settings: Settings) -> Iterator[Finding]:
    """Whether what it needs is installed, who has a key, and how long its certificate is valid."""
    if why := not_installed():
        yield Finding("API", False, why)
        return
    try:
        keys = all_keys(settings.database_path)
    except StoreError as error:
        yield Finding("API", False, str(error))
    else:
        text = f"keys: {len(keys)}" if keys else "nobody has a key yet; `mira-sidecar keys add` makes one"
        yield Finding("API", True, f"port {settings.api_port} of {settings.api_host}, {text}")
    if settings.api_certificate is not None:
        yield _certificate(settings)
    elif settings.api_host not in LOOPBACK:
        text = "It speaks http, so everybody on the way reads its keys. Make a certificate: `mira-sidecar certificate`."
        yield Finding("API", False, text)


def _certificate(settings: Settings) -> Finding:
    path = settings.api_certificate
    assert path  # noqa: S101 - for the type checker
    try:
        until = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no certificate"
        return Finding("API", False, f"The certificate {path} cannot be read ({why}). Check `api_certificate`.")
    text = f"the certificate is valid until {until:%Y-%m-%d}"
    if until - datetime.now(UTC) < _SOON:
        return Finding("API", False, f"{text}. Make another with `mira-sidecar certificate --force`.")
    return Finding("API", True, text)
