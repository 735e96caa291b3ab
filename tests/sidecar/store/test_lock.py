"""A database and its copy are two places, whatever is in their files."""

import os
import shutil
from pathlib import Path

import pytest

from mira_sidecar.store import lock
from mira_sidecar.store.lock import locked, place_id


def place_of(database: Path) -> str:
    """The name of a database at its place."""
    descriptor = locked(database)
    try:
        return place_id(descriptor)
    finally:
        os.close(descriptor)


def test_a_database_has_the_same_name_at_every_start(tmp_path: Path) -> None:
    assert place_of(tmp_path / "mira.db") == place_of(tmp_path / "mira.db")


def test_a_copied_folder_is_another_place(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    first = place_of(tmp_path / "one" / "mira.db")
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    assert place_of(tmp_path / "other" / "mira.db") != first
    assert place_of(tmp_path / "one" / "mira.db") == first


def test_a_copied_disk_is_another_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = place_of(tmp_path / "mira.db")
    monkeypatch.setattr(lock, "_boot", lambda: "the start of another machine")
    assert place_of(tmp_path / "mira.db") != first


def test_a_name_without_a_place_as_older_sidecars_gave_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "mira.db.lock").write_text("0f1e2d3c-0000-4000-8000-000000000000")
    assert place_of(tmp_path / "mira.db") != "0f1e2d3c-0000-4000-8000-000000000000"
