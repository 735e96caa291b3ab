"""A log of another version, with a subject that this one does not have: whole, kept, and said to be so."""

from pathlib import Path

import pytest

from mira_sidecar.core.decision import Action, Change
from mira_sidecar.core.registry import gather
from mira_sidecar.core.subject import Subject
from mira_sidecar.discovery import known
from tests.sidecar.core.situation import Situation
from tests.sidecar.core.test_registry import BELL, Ring
from tests.sidecar.operations.kept import CommandLine, written

SAID = "This log was written by a version with the subject `bell` (commands: `ring`), which this one does not know."


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """The log of a mirror with a bell."""
    mirror = Situation(registry=gather([*known().values(), BELL]))
    mirror.send("set_parts", source="system", on=["bell"])
    mirror.send("ring")
    mirror.send("add_todo", uid="milk", summary="Milk")
    mirror.send("ring", confirm=True)
    mirror.send("confirm")
    return await written(tmp_path / "mira.db", mirror.events)


def test_it_is_replayed_and_the_page_names_what_is_not_known(mira: CommandLine, database: Path) -> None:
    code, out, err = mira("replay", "--database", database)
    assert code == 0
    assert "bell        {}, of a subject that this version does not know" in out.splitlines()
    assert err.startswith(SAID)
    assert "It is not damaged" in err
    assert mira("replay", "--json", "--database", database)[2] == err


def test_it_is_verified_and_found_whole(mira: CommandLine, database: Path) -> None:
    code, out, _ = mira("verify", "--database", database)
    assert code == 0
    assert f"✓ subjects   {SAID}" in out


def test_it_is_exported_and_read_again_elsewhere(mira: CommandLine, database: Path, tmp_path: Path) -> None:
    code, out, err = mira("export", "--database", database)
    assert (code, err.startswith(SAID)) == (0, True)
    (tmp_path / "log.jsonl").write_text(out)
    assert mira("replay", tmp_path / "log.jsonl")[2] == err


def test_what_it_decided_is_taken_as_it_is_and_all_else_decided_again(mira: CommandLine, database: Path) -> None:
    code, out, err = mira("replay", "--decide", "--confirm", "none", "--database", database)
    assert (code, err.startswith(SAID)) == (0, True)
    assert out.startswith("All 3 decisions are the same again; 4 were taken as they are")
    assert "(4 unknown_subject)" in out


async def test_a_subject_without_a_slice_is_known_by_its_commands(mira: CommandLine, tmp_path: Path) -> None:
    strike = Action("strike", Ring, lambda document, payload, context: Change({}))
    mirror = Situation(registry=gather([*known().values(), Subject(name="gong", actions=(strike,))]))
    mirror.send("strike")
    database = await written(tmp_path / "mira.db", mirror.events)
    _, out, _ = mira("verify", "--database", database)
    assert "another subject (commands: `strike`), which this one does not know" in out
