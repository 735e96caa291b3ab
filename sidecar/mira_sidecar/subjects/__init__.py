"""The subjects that there are: each is a folder here, whose `subject.py` has its `SUBJECT`. Nothing else lists them."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache

from mira_sidecar.core.registry import Registry, gather
from mira_sidecar.core.subject import Subject


@cache
def known() -> dict[str, Subject]:
    """All subjects that are installed, by name."""
    modules = (importlib.import_module(f"{__name__}.{one.name}.subject") for one in pkgutil.iter_modules(__path__))
    return {module.SUBJECT.name: module.SUBJECT for module in modules}


def registry_of(names: Iterable[str]) -> Registry:
    """The registry of these subjects. Raises KeyError where one is not installed."""
    return gather(known()[name] for name in names)


@cache
def all_subjects() -> Registry:
    """The registry of all that are installed, for logs that any of them may have written."""
    return gather(known().values())
