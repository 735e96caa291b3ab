"""What `mira-sidecar` can do with it."""

from mira_sidecar.parts import Commands
from mira_sidecar.printing import say

FAULTS = ()


def add(commands: Commands) -> None:
    commands.add("example", lambda settings, given: say("It counts.") or 0, "say what the example does", ())
