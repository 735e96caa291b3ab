"""Hostile files of models: none of them stops its reader, takes much memory, or runs anything."""

import subprocess
import sys

from tests.attack.effort import SEED, Progress, times

FILES = times(5_000, full=100_000)
_AT_A_TIME = 5_000
_MOST_MB = 250


def test_no_model_file_stops_its_reader(progress: Progress) -> None:
    models = peak_mb = 0
    for number in range(FILES // _AT_A_TIME):
        seed = SEED + number
        done = subprocess.run(
            [sys.executable, "-m", "tests.attack.model_files", str(seed), str(_AT_A_TIME)],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"seed {seed}: {done.stderr[-2_000:]}"
        taken, refused, peak = map(int, done.stdout.split())
        assert taken + refused == _AT_A_TIME
        models, peak_mb = models + taken, max(peak_mb, peak)
        progress(f"{(number + 1) * _AT_A_TIME:,} of {FILES:,} files")
    assert peak_mb < _MOST_MB
    # Some bytes do not matter: the names of tensors, the time of a zip.
    assert 0 < models < FILES / 3
