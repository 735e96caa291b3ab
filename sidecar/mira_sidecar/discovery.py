"""The subjects that there are: each is a folder in `subjects`, whose `subject.py` has its `SUBJECT`.

Found by name: no module names one, and what lies below the subjects does not import them.
"""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable
from functools import cache
from types import ModuleType

from mira_sidecar.core.registry import Registry, gather
from mira_sidecar.core.subject import Subject

_FOLDER = "mira_sidecar.subjects"


def modules_of(names: Iterable[str], kind: str) -> dict[str, ModuleType]:
    """The modules of this name, of those of these subjects that have one."""
    modules = {name: f"{_FOLDER}.{name}.{kind}" for name in names}
    return {name: importlib.import_module(one) for name, one in modules.items() if importlib.util.find_spec(one)}


@cache
def known() -> dict[str, Subject]:
    """All subjects that are installed, by name."""
    names = [module.name for module in pkgutil.iter_modules(importlib.import_module(_FOLDER).__path__)]
    return {name: module.SUBJECT for name, module in modules_of(names, "subject").items()}


def registry_of(names: Iterable[str]) -> Registry:
    """The registry of these subjects. Raises KeyError where one is not installed."""
    on = set(names)
    return gather((known()[name] for name in on), off=(one for name, one in known().items() if name not in on))


@cache
def all_subjects() -> Registry:
    """The registry of all that are installed, for logs that any of them may have written."""
    return gather(known().values())
