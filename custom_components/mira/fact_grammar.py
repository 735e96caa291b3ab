"""What sentences look like that state facts, in English and German: words and patterns; free of Home Assistant."""

import re
from dataclasses import dataclass
from typing import Final

_MONTHS: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|januar|jänner|februar|feber|märz|mai|juni|juli|oktober|dezember"
)
_DAYS: Final = (
    "(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    "|(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)"
    "(?:abend|morgen|mittag|nachmittag)?(?:s|e|en)?"
)
NAMES: Final = frozenset(("called", "named"))
PLACES: Final = frozenset(
    (
        *("in", "on", "at", "under", "behind", "with", "next"),
        *("im", "am", "auf", "unter", "hinter", "bei", "beim", "neben"),
    )
)
"""Words behind the verb that begin what somebody or something is called, and where it is."""

DATE = re.compile(
    rf"\b(?:{_DAYS}|(?<!i )(?<!we )(?:{_MONTHS})(?! (?:i|we|be)\b)|\d{{1,2}}(?:st|nd|rd|th)|\d{{1,2}}[:.]\d\d"
    r"|\d{1,2}\.(?= ?[a-zäöü\d])|\d{1,2} ?(?:am|pm|o'clock|uhr)|(?:19|20)\d\d|weekends?|wochenende[ns]?"
    r"|(?:next|every|each|nächste[nmrs]?|jede[nmrs]?|alle) \w+|tomorrow|tonight|today|morgen|übermorgen|heute"
    r"|(?:in) (?:\d+|a|one|two|three|ein\w*|zwei|drei) (?:days?|weeks?|months?|tag\w*|woche\w*|monat\w*)"
    r"|(?:at|um|gegen|ab) (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eins?|zwei|drei|vier|fünf"
    r"|sechs|sieben|acht|neun|zehn|elf|zwölf)|half past|quarter (?:past|to)|halb \w+|viertel \w+"
    r"|christmas|easter|weihnachten|ostern|(?:at|around) (?:noon|midnight|\d{1,2})|(?:um|gegen|ab) \d{1,2}"
    r"|(?:morgens|mittags|abends|vormittags|nachmittags|nachts|täglich|wöchentlich|monatlich|daily|weekly"
    r"|monthly))\b"
)
RELATIVE_DATE = re.compile(
    r"\b(?:tomorrow|tonight|today|(?:next|this) \w+|in \w+ (?:days?|weeks?|months?)"
    r"|heute|(?<!am )(?<!guten )(?<!jeden )morgen(?! früh aufstehen)|übermorgen|nächste[nmrs]? \w+|diese[nmrs]? \w+"
    r"|in \w+ (?:tag\w*|woche\w*|monat\w*))\b"
)


@dataclass(frozen=True)
class Language:
    """What sentences look like. All of it is about the sentence in lower case."""

    common: frozenset[str]
    """Words by which it is known."""
    fillers: re.Pattern[str]
    """What may stand before the sentence and says nothing."""
    remember: re.Pattern[str]
    """Asks to remember what comes behind it."""
    asks: re.Pattern[str]
    orders: re.Pattern[str]
    momentary: re.Pattern[str]
    """Says how something or somebody is just now."""
    states: re.Pattern[str]
    """States something lasting."""
    tells: re.Pattern[str]
    """Tells something of the person, or of people or things of theirs, in whatever way."""
    passing: re.Pattern[str]
    """Says what they think, want or do at the moment."""
    takes_place: re.Pattern[str]
    """States when something takes place, where there is a date in it."""
    goes_on: re.Pattern[str]
    """Begins with a pronoun of the sentence before."""
    verb: re.Pattern[str]
    """The finite verb, which parts what it is about from what is said of it."""
    attribute: re.Pattern[str]
    """Something of which there is one value: a name, a birthday, a favourite colour."""
    single: re.Pattern[str]
    """Verbs of which there is one object: where somebody lives."""
    liking: re.Pattern[str]
    """Verbs of one kind, with `not` or without."""
    empty: frozenset[str]
    """Words that do not say what it is about."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.VERBOSE)


ENGLISH = Language(
    common=_words(
        "the a is are i i'm my our we you it he she they and or of to on at for with that this not "
        "don't has have do does was were be every can will"
    ),
    fillers=_pattern(
        r"^(?:(?:well|oh|ah|um|hi|hello|hey|okay|ok|yes|yeah|no|nope|so|and|but|also|actually|listen|anyway|thanks"
        r"|thank\ you|mira|please|sure|right|by\ the\ way|you\ know|i\ mean|because|good\ (?:morning|evening"
        r"|night))"
        r"(?:\s*[,:;.\u2013-]+\s*|\s+))+"
    ),
    remember=_pattern(
        r"^(?:(?:please|can\ you|could\ you)\s+)?(?:(?:remember|note|don't\ forget|do\ not\ forget|keep\ in\ mind"
        r"|make\ a\ note|for\ the\ record|(?:you\ should|just\ so\ you)\ know|memorize)\b(?:\s+(?:that"
        r"|this))?[:,]?)\s+"
        r"(?!to\b|when\b|what\b|how\b|where\b|who\b|about\b|the\ \w+$)(?P<what>.+)"
    ),
    asks=_pattern(
        r"^(?:what(?!\ (?:i|we)\ .+\ (?:is|are)\ )|who|where|when|why|how|which|whose"
        r"|is|are|am|do|does|did|can|could|will|would|should|shall"
        r"|have|has"
        r"|had|may|might|was|were|isn't|aren't|don't\ you|doesn't|didn't|can't\ you|won't|any\ idea|tell\ me)\b"
    ),
    orders=_pattern(
        r"^(?:turn|switch|set|play|stop|open|close|shut|show|tell|give|start|add|remove|delete|put|make|remind"
        r"|dim|lower"
        r"|raise|increase|decrease|pause|resume|skip|find|search|read|write|send|let|let's|lock|unlock|wake"
        r"|wait|go|get"
        r"|bring|take|look|check|cancel|repeat|say|speak|talk|help|try|keep|leave|come|clean|vacuum|heat|cool"
        r"|announce"
        r"|forget|guess|explain|describe|translate|calculate|order|buy|book|never\ mind|do|be|don't)\b"
    ),
    momentary=_pattern(
        r"""
        \b(?:is|are|am|'s|'m|'re|was|were|feels?|feeling|looks?|seems?|gets?|got|getting)
        (?:\ (?:still|now|so|too|very|really|already|all|a\ bit|pretty|quite|not|again|just|rather|a\ little
          |almost))*
        \ (?:on|off|open|closed|shut|locked|unlocked|cold|warm|hot|cool|chilly|freezing|dark|bright|loud|quiet|noisy
          |empty|full|dirty|running|ready|done|finished|broken|here|there|home|at\ home|back|asleep|awake|out|away
          |upstairs|downstairs|in\ bed|tired|hungry|thirsty|bored|sick|ill|busy|late|early|fine|ok|okay|good|great
          |nice|well|wet|dry|stuck|sorry|sure|happy|sad|angry|glad|exhausted|curious|confused|lost|low|high|up|down
          |right|wrong|true|afraid\ (?:so|not)|a\ mess|at\ the\ door|at\ work|at\ school)
        (?:\ (?:now|again|today|already|here|there|outside|inside|tonight|at\ the\ moment|right\ now|this\ \w+
          |in\ here
          |enough|then|with\ (?:it|that|me|you)|about\ (?:it|that)))*$
        | \b(?:right\ now|at\ the\ moment|just\ now|currently|just\ (?:came|got|went|had|saw|left|did|made|said))\b
        | \bnow$
        | ^(?:i'm|i\ am|we're)\ (?:a\ bit|so|really|absolutely|completely|totally|pretty)\ \w+
          (?:,?\ (?:actually|though|today|then))?$
        | \b(?:am|'m|is|are|'s|'re)\ (?:just\ |still\ |not\ |already\ |only\ )*
          (?!living|getting\ (?:married|divorced|engaged)|working\ (?:as|at|for|in)
            |studying|learning|training\ for|raising|renting|expecting)\w+ing\b
        """
    ),
    states=_pattern(
        r"""
        ^(?:(?:both\ |all\ )?(?:of\ )?(?:my|our)\ (?:\S+\ ){0,6}?
           (?:is|are|was|were|has|have|had|does|doesn't|do|don't|did|can|can't|cannot|must|should|needs?|will
             |won't|never
             |always|usually|often|called|\w{2,}(?:s|ed)|hate|love|like|live|work|go|come|eat|drink|sleep|speak
               |play)\b
           |(?:my|our)\ \w+'s\ .+\b(?:is|are|was|has|\w+s)\b)
        | ^(?:i'm|i\ am|we're|we\ are)\ (?!afraid\ (?:so|not|that|i)|going|gonna|about|sure|wondering|thinking
          |trying
           |looking|asking|talking|just|back|out|off|in\b|at\b|on\b|not\ (?:sure|going|here|at|in))\S+
        | ^(?:i|we|my\ name|i've|we've)\ (?:(?:both|all|also|always|usually|normally|never|often|sometimes
          |really|still|only
           |mostly|generally|rarely|hardly|absolutely|do\ not|don't|can't|cannot|can|have\ to|used\ to|was|were
             |had)\ )*
           (?!think|guess|reckon|know|mean|see|want|wanna|hope|wish|wonder|believe|suppose|feel|need|said|say|hear
             |heard|got\b|get\b
             (?!\ (?:up|off)\b)|understand|forgot|forget|remember|would|'d|will|could|should|might|may|shall
               |did|went|saw
             |came|had|am|are|was|were|find|found|agree|asked|ask|tell|told|thank|promise|bet|doubt|can't
               |cannot|can|just
             |don't|do|have\ (?:a\ question|no\ idea|an\ idea|just|been|to\ go)|haven't|care|tried|left|lost
               |made|bought)
           [a-z]+\b(?!,)
        | ^(?:i|we|(?:my|our)\ \w+)\ (?:was|were)\ (?:born|raised|married)\b | ^(?:i|we)\ (?:grew\ up|moved
          |got\ married|retired)\b
        | ^(?:(?:you\ can\ |please\ |just\ |everyone\ |everybody\ |people\ )*call(?:s)?\ (?:me|us))\ \w+
        | ^(?:this|that|he|she|it|[\w-]+(?:\ [\w-]+)?)(?:'s|\ is|\ are|\ was)\ (?:my|our|also\ my)\b
        | ^(?:the|a|an|all\ the|some)\ (?:\S+\ ){1,5}?(?:is|are|lives?|hangs?|stands?|lies?|goes?|belongs?|stays?)
          \ (?:kept\ |stored\ |hidden\ |always\ |parked\ |\ )*(?:in|on|at|under|behind|beside|next\ to|with
            |inside|above|below
           |between|to|near|by)\ \w+
        | ^(?:the|a|an)\ (?:\S+\ ){1,4}?(?:is|are)\ (?:called|named)\b | ^the\ \S+'s\ (?:called|named)\b
        | ^(?:i|we)(?:'d|\ would)\ rather\ be\ called\b | ^(?:the|our|my)\ \S+\ (?:has|have)\ (?:a|an|no|his|her
          |their)\ \S+
        | ^(?:the|a|an|some)\ .*\b(?:is|are|has|have|keeps?|knows?|owns?)\ (?:my|our)\b
        | ^(?!it\b|this\b|that\b|there\b|what\b|he\b|she\b|here\b|let's|that's|it's|there's|what's|here's|dinner\b
            |lunch\b|breakfast\b|everything\b|something\b|nothing\b|somebody\b|someone\b|everybody\b|everyone\b
              |nobody\b)
           [^\W\d]+(?:'s\ \w+)?\ (?:always\ |usually\ |never\ |often\ )?(?:is|has|can't|doesn't|\w{2,}(?<!s)s)\ \S+
        """
    ),
    tells=_pattern(
        r"\b(?:i|i'm|i've|i'd|me|my|mine|myself|we|we're|we've|us|our|ours|he's|she's|he|she|mum|mummy|mom|dad|daddy"
        r"|gran|grandma|grandpa|granddad|nana|aunt|auntie|uncle|nobody|everybody|everyone|both)\b"
        r"|\b(?:on|to|until|till|by|from)\ the\ (?:twenty-|thirty-)?(?:first|second|third|fourth|fifth|sixth|seventh"
        r"|eighth|ninth|tenth|\w+teenth|eleventh|twelfth|twentieth|thirtieth)\b"
    ),
    passing=_pattern(
        r"\b(?:think|thinking|guess|reckon|suppose|wonder|hope|wish|want|need|needs|let|going\ to|gonna|might|maybe"
        r"|perhaps|probably|off\ we\ go|again|tonight|please|would|could|should|must|trying|looking|find|found|nearly"
        r"|almost|ready|thanks|thank|sorry|wait|quick|quickly|today|a\ bit|a\ sec\w*|a\ minute|a\ moment|hear|heard"
        r"|this\ is|this\ was|that's|that\ was|forgot|lost|course)\b"
    ),
    takes_place=_pattern(
        r"""
        ^(?!it\b|there\b|that\b|this\b)(?:i|we|i'm|we're|i\ have|the|a|an|my|our|on|at|every|next|in|[\w-]+)\b.*
        \b(?:is|are|'s|am|'m|'re|have|has|comes?|starts?|begins?|ends?|arrives?|leaves?|visits?|will|meets?
          |takes?|go|goes
          |opens|closes|flies|flying|gets?|celebrates?|turns?|coming|going|visiting|meeting|leaving|must|need
            |collected
          |picked|plays?|works?|due|returns?|moves?)\b
        """
    ),
    goes_on=_pattern(r"^(?:he|she|they|it|his|her|their|its|he's|she's|they're|it's)\b"),
    verb=_pattern(
        r"(?:\ |(?='))(?P<verb>'m|'re|is|are|am|was|were|has|have|had|does|do|don't|doesn't|can't|cannot|can"
        r"|live|work|like|love|hate|go|come|eat|drink|sleep|speak|play|prefer|enjoy|get|take|drive|own|grew"
        r"|moved|call|study|wear|\w{2,}(?<!s)s|\w{3,}ed)\b"
    ),
    attribute=_pattern(
        r"\b(?:name|birthday|anniversary|favou?rite|number|address|job|age|password|size|appointment|shift"
        r"|bedtime|hobby"
        r"|colou?r|plate|nickname|deadline|meeting|training|lesson|flight|train|school|doctor|dentist|party"
        r"|wedding)\b"
    ),
    single=_pattern(r"^(?:lives?|works?|moved|grew|get|gets|sleeps?|called|turns?|starts?|ends?|leaves?|arrives?)$"),
    liking=_pattern(
        r"^(?:likes?|loves?|hates?|dislikes?|enjoys?|prefers?|can't|cannot|don't|doesn't|never|always|adores?)$"
    ),
    empty=_words(
        "the a an to of and very really so much my our any some that it is are not no like love hate "
        "stand eat drink likes loves hates don't doesn't do does can't anymore any more always never"
    ),
)

GERMAN = Language(
    common=_words(
        "sein seine seinen seiner ihr ihre ihren ihrer "
        "der die das den dem des ein eine einen einem ist sind bin ich mein meine meinen unser unsere "
        "wir du es er sie und oder von zu im am um für mit dass nicht kein keine hat habe haben jeden "
        "auch auf heißt dir mir uns"
    ),
    fillers=_pattern(
        r"^(?:(?:also|ach|oh|ah|äh|hi|hallo|hey|okay|ok|ja|nein|nee|na|naja|na\ ja|und|aber|übrigens|danke|mira"
        r"|gut|genau"
        r"|weißt\ du|hör\ mal|eigentlich|guten\ (?:morgen|abend|tag)|bitte|denn|weil)(?:\s*[,:;.\u2013-]+\s*|\s+))+"
    ),
    remember=_pattern(
        r"^(?:(?:bitte)\s+)?(?:(?:merk|merke)\s+dir|denk(?:e)?\s+(?:bitte\s+)?daran|vergiss\s+(?:bitte\s+)?nicht"
        r"|behalte?|notier(?:e)?(?:\s+dir)?|du\s+(?:solltest|sollst|musst)\s+wissen|zur\s+info"
        r"|nur\ damit\ du\ es\ weißt)"
        r"(?:\s+bitte|\s+mal)*\s*[:,]?\s*(?:dass\s+)?(?!zu\b|was\b|wie\b|wo\b|wann\b)(?P<what>.+)"
    ),
    asks=_pattern(
        r"^(?:was|wer|wen|wem|wie|wo|wohin|woher|wann|warum|wieso|weshalb|welche[rsnm]?|wozu|womit|ist|sind|bin\ ich"
        r"|hat|hast"
        r"|habt|haben\ (?:wir|sie)|habe\ ich|kann|kannst|könntest|könnt|können|soll|sollen|sollte|wird|wirst|werden"
        r"|weißt\ du\ (?:was|wer|wie|wo|wann|ob)|war|waren|gibt|gibt's|darf|dürfen|muss\ (?:ich|man)|willst"
        r"|möchtest|magst"
        r"|machst|geht|gehst|läuft|stimmt|brauche\ ich|regnet|würdest|ob)\b"
    ),
    orders=_pattern(
        r"^(?:mach|mache|schalt|schalte|stell|stelle|spiel|spiele|stopp|stoppe|öffne|schließ|schließe|zeig"
        r"|zeige|sag|sage"
        r"|gib|starte|füg|füge|lösch|lösche|ruf|rufe|erinner|erinnere|dreh|drehe|dimm|dimme|lies|schreib"
        r"|schreibe|such|suche"
        r"|finde|hilf|lass|nimm|schick|schicke|pausier|pausiere|erzähl|erzähle|setz|setze|fahr|fahre|sperr"
        r"|sperre|heiz|heize"
        r"|warte|komm|geh|hör|hol|bring|streich|nenne?(?!\ (?:mich|uns)\b)"
        r"|erklär|erkläre|übersetz|rechne|wiederhole?|red|rede"
        r"|vergiss|kauf)\b"
        r"(?!\ (?:ich|wir)\b)"
    ),
    momentary=_pattern(
        r"""
        \b(?:ist|sind|bin|war|waren|wird)\b(?:\ [\wäöüß]+){0,3}?
        \ (?:an|aus|auf|zu|offen|geschlossen|verschlossen|kalt|warm|heiß|kühl|dunkel|hell|laut|leise|leer|voll
          |schmutzig
          |dreckig|fertig|kaputt|da|hier|zu\ hause|daheim|zurück|wach|weg|unterwegs|müde|hungrig|durstig|krank
            |spät|früh|gut
          |okay|ok|super|schön|nass|trocken|sicher|froh|traurig|wütend|gespannt|neugierig|verwirrt|dran|soweit
            |richtig|falsch
          |egal|klar|oben|unten|im\ bett|bei\ der\ arbeit|in\ der\ schule)
        (?:\ (?:jetzt|heute|wieder|schon|hier|draußen|drinnen|gerade|genug))*$
        | \b(?:gerade|grade?|momentan|im\ moment|zur\ zeit|eben\ (?:erst|noch))\b | \bjetzt$
        | \b(?:mir|uns)\ ist\b(?!.*\blieber\b)
        | ^(?:ich|wir)\ hab(?:e|en)?\ (?:gerade|eben|schon|großen?\ |keinen?\ )*
          (?:hunger|durst|keine\ (?:lust|ahnung|zeit)|lust|eine\ frage|recht|vergessen|gehört|gesehen|gesagt
            |gedacht)\b
        | ^(?:ich|wir)\ (?:geh|komm|fahr|mach|hol|leg|setz)\w*\ (?:jetzt|gleich|sofort|kurz|mal|schnell|eben|dann)\b
        | \b(?:ich|wir)\ (?:[\wäöüß]+\ )?(?:schon|gleich|nicht\ (?:mehr\ )?(?:so\ )?(?:ganz|genau|sicher|verstanden))$
        """
    ),
    states=_pattern(
        r"""
        ^(?:(?:alle\ |beide\ )?(?:mein|meine|meiner|meinem|meinen|unser|unsere|unserem|unseren|unserer)\ .*
           \b(?:ist|sind|war|waren|hat|haben|heißt|heißen|kann|können|muss|darf|mag|mögen|will|liebt|hasst
             |wohnt|lebt|arbeitet
             |geht|kommt|isst|trinkt|schläft|spricht|spielt|fährt|steht|liegt|hängt|studiert|lernt|macht|trägt
               |wurde|wird
             |braucht|verträgt|bekommt|wohnen|leben|arbeiten|gehen|kommen|\w{3,}t)\b)
        | ^ich\ bin\ (?!mir|gerade|nicht\ sicher|dafür|dagegen|so\b|dabei|gespannt|da\b|in\ der|im\b|beim
          |auf\ dem)\S+
        | ^wir\ sind\ (?!gerade|da\b|in\ der|im\b|auf\ dem|weg)\S+
        | ^(?:ich|wir)\ (?!glaub|denk|mein|weiß|wissen|hoff|wünsch|seh|hör|möcht|will|wollen|brauch|könnt|würd
          |sollt|soll|muss
            |müssen|frag|versteh|sag|find(?:e|en)?\ (?:mein|nicht|kein|das\ nicht)|bin|sind|werd|wart|ruf|such
              |kann\ (?!kein)
            |können\ (?!kein)|dachte|war|hatte|ging|kam|vermut|danke|bitte|geh\b|komm\b|hab(?:e
              |en)?\ (?!\b(?:ein|zwei|drei
            |vier|fünf|kein|noch|eine|einen|am|im|seit|auch|immer|nie|angst|allergie|asthma|diabetes|oft|früher
              |\d)))[\wäöüß]+
        | ^(?:ich|wir)\ (?:bin|sind|habe|haben|wurde)\b.*\b(?:geboren|aufgewachsen|gezogen|verheiratet
          |geheiratet|umgezogen)\b
        | ^(?:man\ nennt|alle\ nennen|ihr\ könnt|du\ kannst|nenn(?:t|e)?)\ (?:mich|uns)\b
        | ^(?:das|dies|er|sie|es|[\wäöüß-]+(?:\ [\wäöüß-]+)?)\ (?:ist|sind|war|heißt)\ (?:mein|meine|unser|unsere)\b
        | ^(?:der|die|das|den|dem|ein|eine|alle)\ (?:\S+\ ){1,5}?(?:ist|sind|liegt|liegen|steht|stehen|hängt
          |hängen|klebt|kleben|steckt|stecken|lagert|lagern|gehört
            |wohnt|parkt|kommt|kommen)\ (?:immer\ |jetzt\ |oben\ |unten\ |hinten\ |vorne\ |draußen\ |drinnen\
              |noch\ )*(?:in|im|an|am|auf|unter|hinter|neben|bei|beim|über
              |zwischen|vor
            |unterm|hinterm|ins)\ \S+
        | ^(?:der|die|das|ein|eine)\ (?:\S+\ ){1,4}?heißt\b
        | \bgenannt\b | \b(?:nennt|nennen)\ (?:mich|uns)\b | \b(?:zu\ (?:mir|uns)\ sagen|sag\w*\ zu\ (?:mir|uns))\b
        | ^(?:der|die|das)\ \S+\ (?:hat|haben)\ (?:ein|kein)\w*\ \S+
        | ^\w+s\ \w+\ (?:ist|sind|liegt|liegen|steht|stehen|hängt|hängen)\ (?:in|im|an|am|auf|unter|hinter|neben
          |bei|beim|über)\ \S+
        | ^(?!(?:das|da|dann|so|hier|dort|heute|gestern|jetzt|gleich|gerade|eben|vielleicht|hoffentlich|leider|natürlich
              |damit|dafür|dagegen|davon|daran|dazu|darum|deshalb|also|sonst|trotzdem|nun|endlich|wahrscheinlich|bestimmt
              |was|wie|wo|wen|wem|wann|warum|welche\w*|morgen|nachher|später|als|wenn|ob|dass)\b)
          (?:\S+\ ){1,5}?(?:bin|sind|hab|habe|haben|mag|mögen|kann|können|muss|müssen|darf|dürfen
            |(?!glaub|denk|hätt|möcht|würd|könnt|sollt|brauch|such|find|hoff|wünsch|seh|versteh|frag|wüsst|wär|werd)
            \w{2,}en?)\ (?:ich|wir)\b
        | ^(?:ich|wir)\ (?!glaub|denk|hätt|möcht|würd|könnt|sollt|soll|will|woll|brauch|such|weiß|wissen|hoff|wünsch|wär
            |bin|sind|war|hatt)
          \w+\ (?!.*\bimmer\ noch\b).*\b(?:gern|gerne|liebsten|lieber|nie|niemals|immer|meistens|oft|regelmäßig|täglich
            |jede\w*|nur|selten|kaum)\b
        | ^(?:mir|uns)\ (?:schmeckt|schmecken|gefällt|gefallen|bekommt|bekommen|fällt|fallen|macht|machen|tut|tun)
          \ (?!es\b|das\b|leid\b|gut$)\S{4,}
        | ^(?!das\b|es\b|alle\b|die\b|der\b)[^\W\d]+\ (?:mach|tu|gefall|schmeck|bekomm|fall)\w*\ (?:mir|uns)\ \S+
        | ^(?:auf|an|in|am|im|mit|bei|beim|zum|zur|zu|seit|aus|von|vor|nach|für|gegen|ohne|bis|ab)
          \ (?:\S+\ ){1,4}?\w{2,}t\ (?:sich\ )?(?!es\b|das\b|was\b|noch\b|da\b|etwas\b|jemand\b|du\b|ihr\b
            |mir\b|er\b|gar\b|nicht|kein|alles\b)[^\W\d]{3,}\ \S+
        | ^(?:den|die|das)\ \S+\ (?:hat|haben|bekommt|nimmt|verwaltet)\ (?:frau|herr|familie|oma|opa|mama|papa|mein\w*
            |unser\w*)\b
        | ^(?:der|die|das|ein|eine)\ .*\b(?:hat|haben|ist|sind|kennt|kennen|besitzt)\ (?:mein|unser)\w*\b
        | ^(?:ich|wir)\ (?:kann|können)\ .*\bnicht\ (?!hören|sehen|finden|verstehen|schlafen|sagen|glauben|kommen
          |mehr)\w+en$
        | ^(?!heute\b|hier\b|jetzt\b|dann\b|da\b|draußen\b|drinnen\b|so\b|das\b|es\b|er\b|sie\b|morgen\b
          |gestern\b|eben\b
            |bald\b|vielleicht\b|leider\b|schade\b|alles\b|nichts\b|etwas\b|jemand\b|keiner\b|niemand\b|dort\b
              |gleich\b|wir\b
            |ihr\b|man\b|ich\b|du\b|mir\b|dir\b|essen\b)
           (?:(?:onkel|tante|oma|opa|frau|herr|familie|(?:der|die)\ (?:kleine|große|junge|alte))\ )?
           [^\W\d]+\ (?:ist|hat|mag|kann|muss|darf|will|\w{2,}t)\ \S+
        | ^(?:morgens|abends|mittags|nachts|sonntags|samstags|montags|dienstags|mittwochs|donnerstags|freitags
          |am\ \S+|jeden\ \S+|\w+(?:abend|morgen|mittag|nachmittag)s
            |meistens|normalerweise|immer|nie|zum\ frühstück|seit\ \S+(?:\ \S+)?)\ [\wäöüß]+\ (?:ich|wir
              |mein\w*|unser\w*)\b
        """
    ),
    tells=_pattern(
        r"\b(?:ich|mir|mich|mein\w*|wir|uns|unser\w*|mama|mami|papa|papi|mutti|vati|oma|opa|tante|onkel|niemand|keiner"
        r"|beide)\b|^(?:bin|hab|habe)\b"
    ),
    passing=_pattern(
        r"\b(?:glaub\w*|denk\w*|dachte|find|finde|hoff\w*|wünsch\w*|möcht\w*|will|wollte\w*|brauch\w*|würd\w*|könnt\w*"
        r"|sollt\w*|hätt\w*|kurz|mal|eben|grad|grade|gerade|gleich|jetzt|heute|endlich|bitte|danke|wieder|total|noch|doch"
        r"|ja|los|versteh\w*|such\w*|weiß|vielleicht|bestimmt|schon|hör\w*|seh|sehe|moment|sofort|schnell|gut|schade"
        r"|vergess\w*|lass|so|einverstanden|dabei|dafür|dagegen)\b"
    ),
    takes_place=_pattern(
        r"""
        ^(?!es\ (?!gibt)|das\ ist|da\b|dann\b|\S+\ (?:ist|wird|war)\ es\b)\S+\b.*
        \b(?:werde|werden|ist|sind|bin|hab|habe|haben|hat|kommt|kommen|beginnt|beginnen|endet|fängt|geht|gehen
          |fahren|fährt
          |fahre|fliegt
          |fliegen|fliege|trifft|treffen|treffe|muss|müssen|wird|werden|findet|feiert|feiern|besucht|besuchen
            |schließt|öffnet
          |holt|abgeholt|spielt|arbeitet|zieht|ziehen|bekommt|bekommen)\b
        """
    ),
    goes_on=_pattern(r"^(?:er|sie|es|sein|seine|seinen|ihr|ihre|ihren)\b"),
    verb=_pattern(
        r"\ (?P<verb>ist|sind|bin|war|waren|hat|habe|haben|heiße|heißt|kann|muss|darf|mag|mögen|liebe|liebt"
        r"|hasse|hasst|wohne"
        r"|wohnt|wohnen|lebe|lebt|leben|arbeite|arbeitet|arbeiten|esse|isst|trinke|trinkt|spreche|spricht"
        r"|spiele|spielt|fahre"
        r"|gehe|geht|komme|kommt|stehe|steht|liegt|hängt|schlafe|schläft|studiert|lernt|verträgt|vertrage"
        r"|bevorzuge|trage"
        r"|\w{3,}t|\w{3,}e)\b"
    ),
    attribute=_pattern(
        r"(?:name|geburtstag|hochzeitstag|lieblings\w+|nummer|adresse|beruf|alter|passwort|größe|termin|schicht"
        r"|hobby|farbe"
        r"|kennzeichen|spitzname|training|stunde|flug|zug|schule|arzt|ärztin|feier|hochzeit|besprechung|kurs)\b"
    ),
    single=_pattern(
        r"^(?:wohn(?:e|t|en)|leb(?:e|t|en)|arbeite[tn]?|heiß(?:e|t)|schläft|schlafe|stehe|beginnt|endet|zieht)$"
    ),
    liking=_pattern(
        r"^(?:mag|mögen|lieb(?:e|t|en)|hass(?:e|t|en)|bevorzug(?:e|t)|isst|esse|essen|trink(?:e|t|en)"
        r"|vertr(?:age|ägt))$"
    ),
    empty=_words(
        "der die das den dem ein eine einen sehr so und auch gern gerne nicht kein keine keinen mehr ja "
        "am liebsten lieber überhaupt gar nie immer"
    ),
)
