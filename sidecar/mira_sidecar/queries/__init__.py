"""What may be asked about the log, by kind. A new kind is a file beside these, and its line in `KINDS`."""

from typing import Any

from mira_sidecar.queries import explain
from mira_sidecar.queries.kind import Kind

KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (explain.EXPLAIN,)}
