"""What people say to a persona that has no language model, and what each is meant to lead to.

`FIRST` was written before there was a template for any of it, from what the mirror can do alone.
"""

from typing import NamedTuple


class Phrasing(NamedTuple):
    """A sentence, and what comes of it: what the persona means by its answer, or what the house does."""

    language: str
    text: str
    outcome: str


FIRST = [
    *(
        Phrasing("en", text, outcome)
        for text, outcome in (
            ("what's your name", "name"),
            ("who are you", "name"),
            ("what can you do", "abilities"),
            ("what can I ask you", "abilities"),
            ("how are you", "wellbeing"),
            ("how are you doing today", "wellbeing"),
            ("hello", "hello"),
            ("hey Mira", "hello"),
            ("good morning", "good_morning"),
            ("good night Mira", "good_night"),
            ("thank you", "thanks"),
            ("thanks a lot", "thanks"),
            ("goodbye", "goodbye"),
            ("see you later", "goodbye"),
            ("look happy", "look happy"),
            ("make a sad face", "look sad"),
            ("can you look surprised", "look surprised"),
            ("show me your angry face", "look angry"),
            ("what did you just say", "again"),
            ("say that again please", "again"),
            ("forget what we talked about", "forget"),
            ("why did you say that", "why"),
            ("be quiet", "quiet"),
            ("turn on the kitchen light", "light"),
            ("what time is it", "time"),
            ("what's the weather like", "weather"),
            ("add milk to my to-do list", "todo"),
            ("show me the clock page", "page"),
            ("set a timer for five minutes", "timer"),
            ("turn off the camera", "camera"),
        )
    ),
    *(
        Phrasing("de", text, outcome)
        for text, outcome in (
            ("wie heißt du", "name"),
            ("wer bist du", "name"),
            ("was kannst du alles", "abilities"),
            ("wobei kannst du mir helfen", "abilities"),
            ("wie geht es dir", "wellbeing"),
            ("wie geht's", "wellbeing"),
            ("hallo", "hello"),
            ("hallo Mira", "hello"),
            ("guten Morgen", "good_morning"),
            ("gute Nacht", "good_night"),
            ("danke", "thanks"),
            ("vielen Dank Mira", "thanks"),
            ("tschüss", "goodbye"),
            ("bis später", "goodbye"),
            ("schau mal fröhlich", "look happy"),
            ("mach ein trauriges Gesicht", "look sad"),
            ("guck mal überrascht", "look surprised"),
            ("zeig mir dein wütendes Gesicht", "look angry"),
            ("was hast du gerade gesagt", "again"),
            ("sag das noch mal", "again"),
            ("vergiss worüber wir gesprochen haben", "forget"),
            ("warum hast du das gesagt", "why"),
            ("sei still", "quiet"),
            ("mach das Licht in der Küche an", "light"),
            ("wie spät ist es", "time"),
            ("wie ist das Wetter", "weather"),
            ("setz Milch auf meine To-do-Liste", "todo"),
            ("zeig mir die Uhr auf dem Spiegel", "page"),
            ("stell einen Timer auf fünf Minuten", "timer"),
            ("mach die Kamera aus", "camera"),
        )
    ),
]

AFTERWARDS = [
    *(
        Phrasing("en", text, outcome)
        for text, outcome in (
            ("and who might you be", "name"),
            ("what do they call you", "name"),
            ("what sort of stuff can you do", "abilities"),
            ("what are you good for", "abilities"),
            ("how's it going", "wellbeing"),
            ("you doing okay", "wellbeing"),
            ("hi there", "hello"),
            ("good evening Mira", "hello"),
            ("morning Mira", "good_morning"),
            ("I'm off to bed", "good_night"),
            ("thanks mate", "thanks"),
            ("bye Mira, see you tonight", "goodbye"),
            ("pretend you're scared", "look afraid"),
            ("give me a smile", "look happy"),
            ("I want to see you cry", "look crying"),
            ("sorry, I didn't catch that", "again"),
            ("please forget our conversation", "forget"),
            ("why are you telling me this", "why"),
            ("stop talking", "quiet"),
            ("put eggs on the list", "todo"),
        )
    ),
    *(
        Phrasing("de", text, outcome)
        for text, outcome in (
            ("wie war noch mal dein Name", "name"),
            ("sag mir mal wie du heißt", "name"),
            ("was hast du so drauf", "abilities"),
            ("womit kannst du mir denn helfen", "abilities"),
            ("na wie läuft's", "wellbeing"),
            ("geht es dir gut", "wellbeing"),
            ("moin", "hello"),
            ("guten Abend Mira", "hello"),
            ("schönen guten Morgen", "good_morning"),
            ("ich geh jetzt ins Bett", "good_night"),
            ("danke dir", "thanks"),
            ("ich muss los, bis heute Abend", "goodbye"),
            ("lächel mal für mich", "look happy"),
            ("kannst du mal böse gucken", "look angry"),
            ("wie siehst du aus wenn du müde bist", "look tired"),
            ("ich hab dich nicht verstanden", "again"),
            ("lösch bitte unseren Gesprächsverlauf", "forget"),
            ("wieso sagst du das", "why"),
            ("halt mal den Mund", "quiet"),
            ("nächste Seite", "page"),
        )
    ),
]
"""Written when the templates were, and before they were tried with it."""
