"""The integration's texts and icons."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path("custom_components/mira")
ENGLISH: dict[str, Any] = json.loads((FOLDER / "translations/en.json").read_text())
GERMAN: dict[str, Any] = json.loads((FOLDER / "translations/de.json").read_text())
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())


def leaves(tree: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each text with the keys that lead to it."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value
