"""The JSON Schema of the protocol, and of what subjects say beside it."""

from typing import Any

import msgspec

from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import (
    PROTOCOL_VERSION,
    Command,
    Event,
    Explanation,
    Head,
    Lease,
    Presence,
    PrivateWords,
    Query,
    Reply,
    Said,
    Snapshot,
    StatePatch,
)
from mira_sidecar.reasons import json_schemas

_MESSAGES = (Command, Event, StatePatch, Head, Snapshot, Presence, Lease, Query, Reply, Explanation, PrivateWords, Said)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of every message, by name, under `$defs`."""
    messages = (*_MESSAGES, *(message for subject in all_subjects().subjects for message in subject.messages))
    _, definitions = msgspec.json.schema_components(messages, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Mira protocol, version {PROTOCOL_VERSION}",
        "$defs": dict(sorted((definitions | json_schemas(all_subjects().words)).items())),
    }
