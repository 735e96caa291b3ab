"""What a mirror tells of a subject that it may have: a slice of its state."""

from abc import ABC, abstractmethod
from typing import ClassVar, Self, override

from .json_object import JsonObject


class Part(ABC):
    """The slice `parts.<subject>` of the state document: there while the subject is on.

    A module of this folder that defines one is found by itself.
    """

    subject: ClassVar[str]
    kinds: ClassVar[dict[str, type[Part]]] = {}
    """By subject."""
    for_everybody: ClassVar[bool] = True
    """Whether everybody who is signed in may see the slice, or administrators alone."""

    @override
    def __init_subclass__(cls) -> None:
        Part.kinds[cls.subject] = cls

    @classmethod
    @abstractmethod
    def read(cls, fields: JsonObject) -> Self:
        """The slice. Raises BadMessage."""
