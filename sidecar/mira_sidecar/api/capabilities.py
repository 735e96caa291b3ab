"""What a key of the API may be given."""

from mira_sidecar.core.registry import Registry
from mira_sidecar.words import near

SPEAK = "voice.speak"
"""For commands that count as spoken, whatever they ask for."""
_GENERAL = ("state.read", "events.read", "people.read", "metrics.read", SPEAK)
"""What is no subject's own; each subject has those for its actions."""
_GROUPS = {"read": ("state.read", "events.read")}


def known(registry: Registry) -> tuple[str, ...]:
    """All that there are with these subjects."""
    return tuple(dict.fromkeys((*_GENERAL, *registry.capabilities)))


def named(text: str, registry: Registry) -> frozenset[str]:
    """Those of a text with commas. Raises ValueError where one is not known."""
    words = known(registry)
    found = set[str]()
    for word in text.split(","):
        if word not in (*words, *_GROUPS):
            hint = near(word, [*words, *_GROUPS]) or f". There are: {', '.join((*_GROUPS, *words))}"
            raise ValueError(f"`{word}` is not a capability{hint}")
        found.update(_GROUPS.get(word, (word,)))
    return frozenset(found)
