"""The JSON Schemas of structs, with what the source says of each field: it is written there, and nowhere else."""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

import msgspec

REF: Final = "#/components/schemas/{name}"


def schemas_of(kinds: Iterable[type[msgspec.Struct]]) -> dict[str, dict[str, Any]]:
    """By name: those of these structs, and of the structs in them."""
    kinds = [*kinds]
    _, schemas = msgspec.json.schema_components(kinds, ref_template=REF)
    for kind in kinds:
        own = schemas[kind.__name__]
        if "description" in own:
            own["description"] = _in_json(own["description"])
        for name, text in _fields(kind):
            own["properties"][name]["description"] = text
    return schemas


def _fields(kind: type[msgspec.Struct]) -> Iterator[tuple[str, str]]:
    """The fields that have a docstring, with that."""
    [struct] = ast.parse(inspect.getsource(kind)).body
    assert isinstance(struct, ast.ClassDef)  # noqa: S101 - for the type checker
    for field, following in pairwise(struct.body):
        match field, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, _in_json(text)


def _in_json(text: str) -> str:
    return re.sub(r"\bNone\b", "null", inspect.cleandoc(text))
