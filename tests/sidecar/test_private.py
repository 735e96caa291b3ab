"""Files for one user alone."""

import os
import stat
from pathlib import Path

import pytest

from mira_sidecar import private


def test_a_disk_without_modes_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError  # as vfat does

    path = tmp_path / "file"
    path.write_text("older")
    path.chmod(0o755)
    monkeypatch.setattr(os, "fchmod", refused)
    monkeypatch.setattr(os, "chmod", refused)
    with open(path, "w", opener=private.private) as file:
        file.write("new")
    private.tighten(path)
    assert path.read_text() == "new"
    assert private.is_shared(path)


def test_what_is_no_file_keeps_its_mode() -> None:
    before = Path("/dev/null").stat().st_mode
    with open("/dev/null", "w", opener=private.private):
        pass
    assert Path("/dev/null").stat().st_mode == before


def test_a_folder_that_was_there_keeps_its_mode_and_those_below_are_private(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    private.make_folder(tmp_path / "a" / "b")
    private.make_folder(tmp_path / "a" / "b")
    modes = [stat.S_IMODE(folder.stat().st_mode) for folder in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")]
    assert modes == [0o755, 0o700, 0o700]
