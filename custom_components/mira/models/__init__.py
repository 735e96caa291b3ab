"""What the client hands out: the messages of docs/protocol as frozen dataclasses. Free of Home Assistant.

Each is read tolerantly: fields of a newer sidecar are ignored, and what breaks the protocol raises
BadMessage with the field's name. Contents stay out of `repr`, so that no to-do gets into a log.
A subject has a module of its own: what stands in `parts` of the state is a `Part` there, found by itself.
"""

from importlib import import_module
from pkgutil import iter_modules


def find_parts() -> None:
    """Have each module of this folder imported: a part that it defines is known then."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")


find_parts()
