"""`voice report`: a microphone is measured where it is, and what stands in the way is said."""

import json
import os
import threading
from pathlib import Path

import pytest

from house.sound import Alsa
from mira_sidecar.cli import main
from mira_sidecar.store.lock import locked
from mira_sidecar.subjects.voice.commands import report
from tests.sidecar.voice.clips import recording, silence


def test_a_microphone_and_what_listening_costs_become_figures_without_any_name(
    recorded: Path, tmp_path: Path, room: Alsa, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "_SETTLED_S", 0.1)
    monkeypatch.setattr(report, "_TO_SPEAK_S", 4.0)
    word = silence(1) + recording(recorded / "wake" / "okay_nabu" / "2.wav")
    over = threading.Event()

    def speak() -> None:
        while not over.wait(2.5):
            room.play(word)

    speaker = threading.Thread(target=speak)
    speaker.start()
    try:
        arguments = ["--database", str(tmp_path / "hall.db"), "--microphone", room.microphone]
        assert main(["voice", "report", *arguments, "--seconds", "1", "--speak", "1", "--json"]) == 0
    finally:
        over.set()
        speaker.join()
    said = capsys.readouterr()
    assert "Say “Okay Nabu” now (1 of 1)." in said.err
    assert "No sound is kept." in said.err
    figures = json.loads(said.out)
    assert (figures["asked"], figures["found"], figures["words"]) == (1, 1, 1)
    assert 0 < figures["cpu_percent"] < 100
    assert 20 < figures["memory_mb"] < 200
    assert figures["opened_ms"] > 0
    assert -96 <= figures["noise_db"] <= figures["level_db"] <= 0
    assert room.microphone not in said.out
    assert "okay_nabu" not in said.out


def test_a_sidecar_that_runs_keeps_its_microphone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = tmp_path / "hall.db"
    lock = locked(database)
    try:
        assert main(["voice", "report", "--database", str(database), "--microphone", "default"]) == 1
    finally:
        os.close(lock)
    assert "Another sidecar is using the database" in capsys.readouterr().err


def test_without_a_microphone_it_is_said_which_setting_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["voice", "report", "--database", str(tmp_path / "hall.db")]) == 1
    assert "Set `microphone` to its name in ALSA" in capsys.readouterr().err


def test_a_microphone_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--database", str(tmp_path / "hall.db"), "--microphone", "mira_nowhere"]
    assert main(["voice", "report", *arguments]) == 1
    assert "mira_nowhere" in capsys.readouterr().err
