"""Models at a real sidecar: brought, used, taken back, lost and found, by its command line."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from house.redis import RedisServer
from house.sidecar import SidecarProcess
from house.stage import until
from mira_sidecar import cli
from mira_sidecar.subjects.windows.model.format import read
from tests.sidecar.subjects.windows.foreign import saved, state_dict
from tests.sidecar.subjects.windows.nets import file_of, humid_net, manifest

pytestmark = pytest.mark.usefixtures("socket_enabled")


class Hall:
    """A sidecar, and the command line beside it."""

    def __init__(self, sidecar: SidecarProcess, url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.sidecar, self.folder, self._capsys = sidecar, folder, capsys
        self._told = ["--redis-url", url, "--database", str(folder / "mira.db")]

    def run(self, *arguments: str) -> str:
        """What a command prints."""
        code = cli.main(["windows", "model", *arguments, *self._told])
        out, err = self._capsys.readouterr()
        assert (code == 0) == (err == ""), err
        return f"{out}{err}"

    def file(self, name: str, body: bytes) -> str:
        (self.folder / name).write_bytes(body)
        return str(self.folder / name)

    @property
    def windows(self) -> dict[str, Any]:
        snapshot = self.sidecar.bus.snapshot()
        assert snapshot
        windows: dict[str, Any] = snapshot["state"]["parts"]["windows"]
        return windows

    @property
    def problems(self) -> list[str]:
        presence = self.sidecar.bus.presence()
        return [problem["code"] for problem in presence["degraded"]] if presence else []

    def until_problems_are(self, *codes: str) -> None:
        until(f"problems {codes}", lambda: self.problems, lambda found: found == [*codes], 30)


@pytest.fixture
def hall(redis_server: RedisServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Hall:
    sidecar = SidecarProcess(redis_server.url, tmp_path / "mira.db", subjects="windows")
    return Hall(sidecar, redis_server.url, tmp_path, capsys)


def test_a_model_is_brought_used_and_taken_back_in_one_command(hall: Hall) -> None:
    hall.sidecar.start()
    try:
        assert "test-net-1 is kept, for bedroom" in hall.run("import", hall.file("a.npz", file_of()))
        assert hall.run("import", hall.file("b.npz", file_of("test-net-2"))).startswith("test-net-2 is kept")
        assert "* needs " in hall.run("list")
        assert hall.run("activate", "test-net-1") == "test-net-1 advises from now on.\n"
        sha256 = read(file_of()).sha256
        assert hall.windows["model"] == {"name": "test-net-1", "sha256": sha256}
        assert "* test-net-1" in hall.run("list")
        assert "is used" in hall.run("remove", "test-net-1")
        hall.run("activate", "test-net-2")
        assert hall.run("rollback") == "test-net-1 advises from now on.\n"
        assert hall.windows["model"]["name"] == "test-net-1"
        hall.sidecar.kill()
        hall.sidecar.start()
        assert hall.windows["model"]["name"] == "test-net-1"
        assert hall.run("activate", "needs") == "Mira's own rules advise from now on.\n"
        assert hall.windows["model"] is None
        assert hall.run("remove", "test-net-2") == "test-net-2 is deleted.\n"
        assert hall.problems == []
    finally:
        hall.sidecar.stop()


def test_a_model_that_is_damaged_or_gone_is_a_problem_and_the_rules_advise(hall: Hall) -> None:
    hall.run("import", hall.file("a.npz", file_of()))
    kept = hall.folder / "mira.db.models" / "test-net-1.npz"
    hall.sidecar.start()
    try:
        hall.run("activate", "test-net-1")
        hall.until_problems_are()
        hall.sidecar.kill()
        kept.write_bytes(kept.read_bytes()[:-40])
        hall.sidecar.start()
        hall.until_problems_are("window_model")
        assert "cannot be used" in hall.run("list")
        assert "damaged" in hall.run("activate", "test-net-1")
        hall.run("activate", "needs")
        hall.until_problems_are()
        assert "damaged" in hall.run("rollback")
        kept.unlink()
        hall.sidecar.bus.send("activate_model", {"model": "test-net-1", "sha256": read(file_of()).sha256})
        hall.until_problems_are("window_model")
    finally:
        hall.sidecar.stop()


def test_without_a_sidecar_models_are_brought_listed_and_written_and_not_used(hall: Hall) -> None:
    hall.run("import", hall.file("a.npz", file_of()))
    assert "No sidecar serves the mirror" in hall.run("list")
    assert "key of the log" in hall.run("activate", "test-net-1")
    out = hall.folder / "out.npz"
    assert "is the model test-net-1" in hall.run("export", "test-net-1", str(out))
    assert out.read_bytes() == file_of()
    assert "exists already" in hall.run("export", "test-net-1", str(out))
    assert "There is no model `moon`" in hall.run("export", "moon", str(out))
    assert "There is no model `moon`" in hall.run("activate", "moon")


def test_a_rollback_without_a_before_changes_nothing(hall: Hall) -> None:
    hall.sidecar.start()
    try:
        assert "No other model was used before" in hall.run("rollback")
    finally:
        hall.sidecar.stop()


def test_a_net_of_torch_is_brought_with_a_manifest_beside_it(hall: Hall) -> None:
    of, layers = humid_net()
    net = hall.file("mine.pth", saved(state_dict(layers)))
    assert "Write " in hall.run("import", net)
    about = hall.file("mine.json", msgspec.json.encode(manifest(of, "mine-1")))
    assert hall.run("import", net).startswith("mine-1 is kept, for bedroom")
    assert hall.run("import", net, "--manifest", about).startswith("mine-1 is kept")
    assert "none of .npz" in hall.run("import", hall.file("mine.h5", b""))
    assert "cannot be read or written" in hall.run("import", str(hall.folder / "nowhere.npz"))
    assert "damaged, or no `.npz`" in hall.run("import", hall.file("bad.npz", b"PK"))
