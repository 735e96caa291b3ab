"""Addresses as they may be shown, wherever one is: in the log, in an error, in a finding, on the display."""

from urllib.parse import quote, urlsplit, urlunsplit

UNREADABLE = "(unreadable address)"


def place_of(address: str) -> str:
    """Where it is, for people: scheme, host and port, of a Redis also the database; a file or device as it is named.

    User, password, query and fragment are left out, and the path: some cameras have their token there. An address that
    cannot be taken apart for certain is not shown at all, for any part of it may be the password.
    """
    if (address.startswith("/") and not address.startswith("//")) or not set(address) & set(":@?#"):
        return address
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return UNREADABLE
    rest = parts.path + parts.query + parts.fragment
    if parts.scheme in {"unix", "file"} and not parts.hostname and parts.path.startswith("/"):
        return f"{parts.scheme}://{parts.path}"
    # With an @ behind the host, that was rather the beginning of a password with a slash in it.
    if not (parts.scheme and parts.hostname) or "@" in rest:
        return UNREADABLE
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    database = parts.path if parts.scheme in {"redis", "rediss"} and parts.path[1:].isdecimal() else ""
    return f"{parts.scheme}://{host}{port}{database}"


def password_in(address: str) -> bool:
    """Whether a password stands in front of the host. Raises ValueError where that cannot be told."""
    return urlsplit(address).password is not None


def with_password(address: str, password: str) -> str:
    """The address with this password in front of its host."""
    parts = urlsplit(address)
    _, _, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{quote(password, safe='')}@{place}"))
