"""Why what voice can do is refused."""

from collections.abc import Mapping
from typing import Final

from mira_sidecar.reasons import Wording

REASONS: Final[Mapping[str, Wording]] = {
    "unknown_word": Wording("The mirror does not listen for this wake word."),
    "already_listening": Wording("The mirror is listening already."),
    "turn_over": Wording("The mirror is not being spoken to any more: this belongs to something that is over."),
    "word_exists": Wording("The mirror hears this wake word already, without being taught."),
    "too_many_words": Wording("The mirror knows {limit} wake words that were taught, and no more.", {"limit": int}),
    "lesson_over": Wording("This wake word is not being taught any more."),
    "speech_over": Wording("The mirror is not saying this any more."),
}
