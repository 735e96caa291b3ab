"""Why what voice can do is refused."""

from collections.abc import Mapping
from typing import Final

from mira_sidecar.reasons import Wording

REASONS: Final[Mapping[str, Wording]] = {
    "unknown_word": Wording("The mirror does not listen for this wake word."),
    "already_listening": Wording("The mirror is listening already."),
    "turn_over": Wording("The mirror is not being spoken to any more: this belongs to something that is over."),
    "speech_over": Wording("The mirror is not saying this any more."),
}
