"""What a release holds, and the workflows that make one."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from awesomeversion import AwesomeVersion
from homeassistant import const

from house import release
from house.process import HouseError

ADDRESS = "https://git.example.org/somebody/mirror"
HACS: dict[str, Any] = json.loads(Path("hacs.json").read_text())
FRONTEND = [f"frontend/{name}.js{packed}" for name in ("mira", "question-1A2B3C4D") for packed in ("", ".gz")]
WORKFLOWS = sorted(Path(".github/workflows").glob("*.yml"))


@pytest.fixture
def integration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An integration with a built display, and with what Python leaves behind."""
    folder = tmp_path / "mira"
    python = ["__init__.py", "__pycache__/__init__.cpython-314.pyc"]
    for name in [*python, "translations/en.json", *FRONTEND]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"// {name}")
    (folder / "manifest.json").write_text((release.INTEGRATION / "manifest.json").read_text())
    monkeypatch.setattr(release, "INTEGRATION", folder)
    return folder


def test_the_zip_is_what_stands_in_the_folder_of_the_integration(integration: Path, tmp_path: Path) -> None:
    release.pack(tmp_path / "mira.zip", ADDRESS)
    with zipfile.ZipFile(tmp_path / "mira.zip") as archive:
        assert archive.namelist() == ["__init__.py", *FRONTEND, "manifest.json", "translations/en.json"]
        assert archive.read("frontend/mira.js") == b"// frontend/mira.js"
        assert archive.read("manifest.json") == release.manifest(ADDRESS).encode()


def test_the_same_source_gives_the_same_bytes(integration: Path, tmp_path: Path) -> None:
    for name in ("one.zip", "other.zip"):
        release.pack(tmp_path / name, ADDRESS)
        (integration / "__init__.py").touch()
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_there_is_no_release_without_its_display(integration: Path, tmp_path: Path) -> None:
    (integration / "frontend" / "mira.js").unlink()
    with pytest.raises(HouseError, match="scripts/setup"):
        release.pack(tmp_path / "mira.zip", ADDRESS)


def test_the_manifest_of_a_release_differs_from_the_source_by_its_repository_alone() -> None:
    source = json.loads((release.INTEGRATION / "manifest.json").read_text())
    manifest = json.loads(release.manifest(ADDRESS))
    assert manifest == source | {"documentation": ADDRESS, "issue_tracker": f"{ADDRESS}/issues"}
    assert list(manifest) == list(source)


def test_a_tag_has_to_name_the_version_of_both_sides() -> None:
    version = json.loads((release.INTEGRATION / "manifest.json").read_text())["version"]
    release.check_tag(f"v{version}")
    with pytest.raises(HouseError, match=r"v99\.0\.0"):
        release.check_tag("v99.0.0")


def test_hacs_is_told_what_it_installs_and_from_which_home_assistant_on() -> None:
    assert HACS["name"] == json.loads((release.INTEGRATION / "manifest.json").read_text())["name"]
    assert (HACS["zip_release"], HACS["filename"]) == (True, "mira.zip")
    assert AwesomeVersion(HACS["homeassistant"]) <= AwesomeVersion(const.__version__)
    oldest = HACS["homeassistant"].rpartition(".")[0]
    assert f"Home Assistant {oldest} or newer" in Path("docs/installation.md").read_text()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_parses_and_takes_nothing_that_may_change_under_it(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert {"name", "jobs", "permissions"} <= set(workflow)
    for job in workflow["jobs"].values():
        assert job["runs-on"] == "ubuntu-24.04"
        assert job["timeout-minutes"]
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", step["uses"])
            else:
                ours = re.findall(r"^\s*((?:scripts|\.ci)/\w+)", step["run"], re.MULTILINE)
                assert all(Path(program).exists() for program in ours)


def test_a_release_is_checked_packed_and_published_in_this_order() -> None:
    steps = yaml.safe_load(Path(".github/workflows/release.yml").read_text())["jobs"]["release"]["steps"]
    commands = [step["run"].split()[0] for step in steps if "run" in step]
    assert commands == [".ci/run", "scripts/release", "gh"]
    assert HACS["filename"] in steps[-1]["run"]
