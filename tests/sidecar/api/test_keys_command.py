"""`mira-sidecar keys`: it makes a key that is shown once, lists the keys without their texts, and revokes them."""

import re
import shlex
from pathlib import Path

import pytest

from mira_sidecar.api import keys
from mira_sidecar.api.capabilities import known
from mira_sidecar.api.keys import KeyRing
from mira_sidecar.cli import main
from mira_sidecar.discovery import all_subjects

pytestmark = pytest.mark.usefixtures("no_settings")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


def made(database: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The lines that `keys add` prints."""
    assert main(["keys", "add", *arguments, "--database", str(database)]) == 0
    return capsys.readouterr().out.splitlines()


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    """The exit code and the last line of a command that is refused."""
    try:
        code: object = main(["keys", *map(str, arguments)])
    except SystemExit as error:
        code = error.code
    captured = capsys.readouterr()
    assert not captured.out
    assert isinstance(code, int)
    return code, captured.err.splitlines()[-1]


async def test_a_new_key_is_shown_once_with_a_line_of_curl_and_works(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = made(database, capsys, "Shelf", "--may", "read,todo.write", "--with-pin", "cam.toggle", "--api-port", "80")
    text = lines[2].strip()
    assert "shown only now" in lines[0]
    assert shlex.split(lines[4]) == ["curl", "-H", f"X-API-Key: {text}", "http://127.0.0.1:80/api/v1/state"]
    ring = KeyRing(database)
    await ring.load()
    key = await ring.find(text)
    assert key
    assert (key.name, key.source, key.person) == ("Shelf", "automation", None)
    assert (key.capabilities, key.with_pin) == ({"state.read", "events.read", "todo.write"}, {"cam.toggle"})


def test_the_line_of_curl_is_for_this_mirror(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoken = ("--may", "voice.speak", "--source", "voice", "--person", "anna")
    https = ("--api-port", "8443", "--api-host", "::", "--api-certificate", "/a b.crt")
    lines = made(database, capsys, "Shelf", *spoken, *https)
    assert shlex.split(lines[4])[1:3] == ["--cacert", "/a b.crt"]
    assert shlex.split(lines[4])[-1] == "https://[::1]:8443/health"
    assert len(lines) == 5
    assert "The API is off" in made(database, capsys, "Bell", "--may", "read")[-1]


def test_the_list_shows_each_key_and_no_text(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "list", "--database", str(database)]) == 0
    assert "keys add" in capsys.readouterr().out
    text = made(database, capsys, "Büro", "--may", "read", "--with-pin", "cam.toggle", "--person", "anna")[2].strip()
    assert main(["keys", "list", "--database", str(database)]) == 0
    head, row = capsys.readouterr().out.splitlines()
    (key,) = keys.all_keys(database)
    assert head.split() == ["id", "name", "source", "person", "created", "last", "used", "may", "with", "pin"]
    expected = [key.id, "Büro", "automation", "anna", key.created_at, "never", "events.read,state.read", "cam.toggle"]
    assert row.split() == expected
    assert head.index("source") == row.index("automation")
    assert text[18:] not in row


@pytest.mark.parametrize("by", ["id", "name", "text"])
def test_a_key_is_revoked_by_its_id_its_name_or_its_text_which_is_not_repeated(
    database: Path, capsys: pytest.CaptureFixture[str], by: str
) -> None:
    text = made(database, capsys, "Shelf", "--may", "read")[2].strip()
    made(database, capsys, "Bell", "--may", "read")
    which = {"id": text[5:17], "name": "Shelf", "text": text}[by]
    assert main(["keys", "revoke", which, "--database", str(database)]) == 0
    assert text not in capsys.readouterr().out
    assert [key.name for key in keys.all_keys(database)] == ["Bell"]
    code, said = refusal(capsys, "revoke", which, "--database", database)
    assert code == 1
    assert "There is no key" in said
    assert text not in said


def test_what_is_asked_wrongly_makes_no_key_and_says_how(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(database, capsys, "Shelf", "--may", "read")
    for code, arguments, said in (
        (2, ("Bell", "--may", "todo.writ"), "did you mean `todo.write`?"),
        (2, ("Bell", "--may", "xyz"), "There are: read, state.read,"),
        (2, ("Bell", "--may", "read", "--with-pin", ""), "is not a capability"),
        (2, ("Bell", "--may", "read", "--source", "system"), "choose from 'automation'"),
        (1, ("Bell", "--may", "read", "--source", "voice"), "`voice.speak`"),
        (1, ("Bell", "--may", "read", "--with-pin", "state.read"), "`state.read` stands in --may and in --with-pin"),
        (1, ("Shelf", "--may", "read"), "There is a key `Shelf` already"),
        (1, (" Bell", "--may", "read"), "1 to 64 characters"),
        (1, ("B\x1b[2J", "--may", "read"), "1 to 64 characters"),
        (1, ("Bell", "--may", "read", "--person", ""), "The id of a person takes 1 to 64"),
        (1, ("Bell", "--may", "read", "--person", "p" * 65), "The id of a person takes 1 to 64"),
    ):
        told = refusal(capsys, "add", *arguments, "--database", database)
        assert told[0] == code, told
        assert said in told[1]
    assert "did you mean `Shelf`?" in refusal(capsys, "revoke", "Shelv", "--database", database)[1]
    assert [key.name for key in keys.all_keys(database)] == ["Shelf"]


def test_the_page_names_each_capability_that_can_be_given_and_none_else() -> None:
    table = Path("docs/api.md").read_text().partition("| it may | that is |")[2].partition("\n\n")[0]
    given = [word for row in table.splitlines() for word in re.findall(r"`([a-z._]+)`", row.partition(" | ")[0])]
    assert sorted(given) == sorted(known(all_subjects()))
