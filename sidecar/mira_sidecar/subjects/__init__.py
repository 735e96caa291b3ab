"""The subjects that there are: each is a folder here, whose `subject.py` has its `SUBJECT`. Nothing else lists them."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable
from functools import cache
from types import ModuleType

from mira_sidecar.core.registry import Registry, gather
from mira_sidecar.core.subject import Subject


def modules_of(names: Iterable[str], kind: str) -> dict[str, ModuleType]:
    """The modules of this name, of those of these subjects that have one."""
    modules = {name: f"{__name__}.{name}.{kind}" for name in names}
    return {name: importlib.import_module(one) for name, one in modules.items() if importlib.util.find_spec(one)}


@cache
def known() -> dict[str, Subject]:
    """All subjects that are installed, by name."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    return {name: module.SUBJECT for name, module in modules_of(names, "subject").items()}


def registry_of(names: Iterable[str]) -> Registry:
    """The registry of these subjects. Raises KeyError where one is not installed."""
    return gather(known()[name] for name in names)


@cache
def all_subjects() -> Registry:
    """The registry of all that are installed, for logs that any of them may have written."""
    return gather(known().values())
