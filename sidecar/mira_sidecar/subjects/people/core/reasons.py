"""Why what has to do with people is refused."""

from collections.abc import Mapping
from typing import Final

from mira_sidecar.reasons import Wording

REASONS: Final[Mapping[str, Wording]] = {
    "unknown_person": Wording("The mirror knows no such person; they may have been forgotten."),
    "person_exists": Wording("There is a person with this id already."),
    "too_many_people": Wording("The mirror knows {limit} people, and no more. Forget somebody first.", {"limit": int}),
    "no_consent": Wording("This person has not agreed to that."),
    "enrolling": Wording("Somebody is being learnt already. Wait until that is done."),
}
