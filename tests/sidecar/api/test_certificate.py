"""`mira-sidecar certificate`: clients that pin its fingerprint, or trust its file, reach the mirror over TLS."""

import hashlib
import re
import socket
import ssl
import stat
import threading
from pathlib import Path

import msgspec
import pytest

from mira_sidecar.api.certificate import certify
from mira_sidecar.api.checks import findings
from mira_sidecar.cli import main
from mira_sidecar.config import Settings
from mira_sidecar.store.files import certificate_key_of, certificate_of

pytestmark = pytest.mark.usefixtures("no_settings")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "hall.db"


def certified(database: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of the command."""
    code = main(["certificate", *arguments, "--database", str(database)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def shaken(database: Path, name: str) -> bytes:
    """What a client gets as certificate that trusts the file and reaches the mirror by this name. Raises SSLError."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate_of(database), certificate_key_of(database))
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            server.wrap_socket(ours, server_side=True).close()
        except OSError:
            ours.close()

    serving = threading.Thread(target=serve)
    serving.start()
    client = ssl.create_default_context(cafile=certificate_of(database))
    try:
        with client.wrap_socket(theirs, server_hostname=name) as connected:
            return connected.getpeercert(binary_form=True) or b""
    finally:
        theirs.close()
        serving.join()


def test_a_client_that_pins_the_fingerprint_reaches_it_by_each_of_its_names(
    database: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Hall.lan")
    code, out, _ = certified(database, capsys, "--names", "mirror.example.org,küche.lan,192.0.2.77")
    assert code == 0
    printed = re.search(r"^  ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$", out, re.MULTILINE)
    assert printed
    names = ("hall.lan", "hall.local", "localhost", "127.0.0.1", "::1", "mirror.example.org", "192.0.2.77", "küche.lan")
    for name in names:
        assert hashlib.sha256(shaken(database, name)).digest().hex(":").upper() == printed[1], name
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shaken(database, "other.example.org")
    assert f'api_certificate = "{certificate_of(database)}"' in out
    assert f'api_certificate_key = "{certificate_key_of(database)}"' in out


def test_it_is_its_owners_alone_and_replaced_only_when_asked(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = certificate_of(database), certificate_key_of(database)
    assert certified(database, capsys, "--days", "30")[0] == 0
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    before = [file.read_bytes() for file in files]
    code, _, said = certified(database, capsys)
    assert code == 1
    assert f"{files[0]} exists" in said
    assert [file.read_bytes() for file in files] == before
    assert certified(database, capsys, "--force")[0] == 0
    assert not {file.read_bytes() for file in files} & set(before)
    assert shaken(database, "localhost")


def test_a_name_that_is_none_is_refused_and_nothing_is_made(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for names in ("a b", "", "hall,,mirror", "*.lan", "x" * 64, "hall\n", "https://hall", "1.2.3.4/24"):
        code, _, said = certified(database, capsys, "--names", names)
        assert code == 1
        assert "is neither the name of a machine nor an address" in said
    assert not database.parent.exists()
    for days in ("0", "3651", "-1", "a"):
        with pytest.raises(SystemExit, match="2"):
            certified(database, capsys, f"--days={days}")


def test_the_doctor_says_how_long_it_is_valid_and_warns_of_keys_that_anybody_could_read(database: Path) -> None:
    database.parent.mkdir()
    certify(database, [], 400, force=False)
    settings = Settings(database=database, api_port=8765, api_host="0.0.0.0")  # noqa: S104 - what it warns of
    [keys, http] = findings(settings)
    assert (keys.sound, http.sound) == (True, False)
    assert "keys add" in keys.text
    assert "mira-sidecar certificate" in http.text
    settings = msgspec.structs.replace(settings, api_certificate=certificate_of(database))
    assert list(findings(settings))[1].sound
    certify(database, [], 20, force=True)
    assert "--force" in list(findings(settings))[1].text
    certificate_of(database).write_text("none")
    assert "it is no certificate" in list(findings(settings))[1].text
