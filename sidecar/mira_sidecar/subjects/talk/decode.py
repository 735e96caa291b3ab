"""Run as a process: reads encoded sound, and writes the samples of its first half minute and a little more."""

import itertools
import sys

from mira_sidecar.devices.speaker.decoding import NoSoundError, decoded
from mira_sidecar.subjects.talk.core.interaction import LONGEST_S, SECOND

_BLOCKS = (LONGEST_S + 1) * 50
"""Of 20 ms."""


def main() -> int:
    """0 where there was any sound."""
    try:
        for block in itertools.islice(decoded(sys.stdin.buffer, rate=SECOND // 2, layout="mono"), _BLOCKS):
            sys.stdout.buffer.write(block)
    except NoSoundError:
        return 1
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
