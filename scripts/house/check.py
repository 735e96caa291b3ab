"""`scripts/develop --check`: the story once, in a folder of its own, beside whatever runs already."""

import shutil
import tempfile
import time
from pathlib import Path

from house.hands import photograph, recordings
from house.process import HouseError
from house.story import STEPS, tell
from house.terminal import Terminal


def check(terminal: Terminal) -> int:
    """0 where every step held. A failure keeps the folder with its logs and a screenshot, and says where."""
    folder = Path(tempfile.mkdtemp(prefix="mira-check-"))
    began = time.monotonic()
    terminal.say(f"Mira, checked from end to end (in {folder})\n")
    if photograph() is None:
        terminal.say(f"  There are no recorded hands in {recordings()} (MIRA_TESTDATA says where else):")
        terminal.say("  a script makes the gestures, so the hand models are not part of this check.\n")
    try:
        tell(folder, terminal)
    except HouseError as err:
        terminal.say(f"\nThe check failed after {time.monotonic() - began:.0f} s: {err}")
        return 1
    except BaseException:  # Ctrl-C: nothing to look at
        shutil.rmtree(folder)
        raise
    shutil.rmtree(folder)
    terminal.say(f"\nAll {len(STEPS)} steps held, in {time.monotonic() - began:.0f} s.")
    return 0
