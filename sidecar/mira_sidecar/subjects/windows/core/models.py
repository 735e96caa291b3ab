"""Which trained model advises. The file itself is beside the log; its sha256 says which one is meant."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from mira_sidecar.core.decision import Action, Change, Context, InvalidValueError
from mira_sidecar.core.state import Document
from mira_sidecar.subjects.windows.core.slice import ActiveModel, ModelName, Sha256, changed, slice_of


class ActivateModel(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of `activate_model`: null for Mira's own rules."""

    model: ModelName | None
    sha256: Sha256 | UnsetType = UNSET
    """Of its file."""

    def __post_init__(self) -> None:
        """Raise InvalidValueError where it is not said which file is meant."""
        if self.model is not None and self.sha256 is UNSET:
            raise InvalidValueError("missing", "sha256")


def active(document: Document) -> Mapping[str, Any] | None:
    """The model that advises: its `name` and `sha256`; None: Mira's own rules."""
    model: Mapping[str, Any] | None = slice_of(document).get("model")
    return model


def active_before(document: Document) -> Mapping[str, Any] | None:
    """The one that did before that."""
    model: Mapping[str, Any] | None = slice_of(document).get("model_before")
    return model


def _activate(document: Document, payload: ActivateModel, context: Context) -> Change:
    done = msgspec.to_builtins(payload)
    before = active(document)
    now = None
    if payload.model is not None and payload.sha256 is not UNSET:
        now = msgspec.to_builtins(ActiveModel(payload.model, payload.sha256))
    return Change(done, changed(document, model=now, model_before=before) if now != before else [])


ACTIONS = (Action("activate_model", ActivateModel, _activate),)
