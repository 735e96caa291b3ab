"""What people say to a persona itself, in Home Assistant's template syntax for sentences; free of Home Assistant.

For personas whose agent has no language model, and asked only about what that agent has not understood
(docs/decisions.md). No sentence has a wildcard: what else is said stays the agent's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from hassil import Intents, TextSlotList, recognize

type Templates = Mapping[str, Sequence[str]]
"""By what is meant."""

_EN: Final[Templates] = {
    "name": (
        "<what_is> your [first|full|real] name",
        "(who|what) (are|might|may) you [be]",
        "[<kindly>] [tell me|say] (your name|who you are|what your name is|[something] about yourself)",
        "do you have a name",
        "(what|how) (do|should|can|may|shall) I call you",
        "what are you called",
        "what do (people|they) call you",
        "[<kindly>] introduce yourself [to me|to us]",
        "who (is this|is that|am I (talking|speaking) (to|with))",
        "are you [called] {persona}",
    ),
    "abilities": (
        "what [else|all] (can|could) you do [for (me|us)]",
        "what (can|could|may|should|do) (I|we) (ask|say|tell) [you|to you] [to do|for|about]",
        "what (are you|you are) (able to do|capable of|good at|good for|for)",
        "what do you [know how to] do",
        "(how|what) can you help [me|us] [with]",
        "what [kind of|sort of] (things|stuff) can (you do|I (ask|say) [you])",
        "what are your (skills|abilities|features|functions|commands)",
        "what (features|functions|commands|skills) do you (have|know|understand)",
        "what do you (know|understand)",
        "what can you (show|tell) (me|us)",
        "what can you (control|understand)",
        "[<kindly>] (tell|show) (me|us) what (you can do|[else] (I|we) can (ask|say) [you])",
        "how (do I (use|talk to|speak to|speak with) you|does this work|do you work)",
        "[<kindly>] help [me|us]",
        "I need [some|your] help",
    ),
    "wellbeing": (
        "how are (you|things|we) [doing|feeling|going] [<today>]",
        "how (do you feel|have you been|do you do) [<today>]",
        "<how_is> (it|everything|your day|life) [going] [<today>]",
        "how was your (day|night)",
        "(are you|you|do you feel) [doing|feeling] (okay|ok|alright|all right|fine|well|good) [<today>]",
        "did you sleep well",
        "(what's|whats|what is) up",
    ),
    "hello": (
        "<hello> [there|again]",
        "(hey|hello|hi) [there] {persona}",
        "{persona}",
        "good (day|afternoon|evening) [to you]",
        "[it is|it's] (nice|good|great) to (meet|see) you [too|again]",
        "(I'm|I am) (home|back) [again]",
    ),
    "good_morning": (
        "[a] [very] good morning [to you]",
        "morning",
        "rise and shine",
    ),
    "good_night": (
        "[have a] (good night|goodnight) [to you|then]",
        "(night|night night|nighty night)",
        "sleep (well|tight)",
        "sweet dreams",
        "(I'm|I am) (going|off) to (bed|sleep) [now]",
    ),
    "thanks": (
        (
            "[oh|great|perfect|okay|ok|cool|nice] (thank you|thanks|cheers) [so much|very much|a lot|a million|again]"
            " [for (your help|helping [me]|that|telling me|everything)]"
        ),
        "many thanks",
        "(that's|that is) [very] (nice|kind|sweet) [of you]",
        "much appreciated",
        "I appreciate (it|that)",
    ),
    "praise": (
        "(well done|good job|great job|nice work|good work|nice one|good girl|good boy)",
        (
            "(you are|you're) [really|so|very] (great|good|the best|awesome|amazing|nice|wonderful|funny|clever|smart"
            "|cool|beautiful|pretty|sweet|cute|lovely)"
        ),
        "I (love|like) you [so much|very much|a lot]",
    ),
    "goodbye": (
        "(goodbye|good bye|bye|bye bye|farewell|cheerio) [for now|then]",
        "(see|catch) (you|ya) [later|soon|tomorrow|around|tonight|then|again]",
        "(talk|speak) to you (later|soon|tomorrow)",
        "until (later|tomorrow|next time|then)",
        "(take care|later)",
        "have a (nice|good|great|lovely) (day|evening|one|weekend|time)",
        "(I'm|I am) (leaving|off|going [now|out]|heading (out|off)) [now|to work]",
        "I (have|need|got|have got) to (go|leave) [now]",
        "gotta (go|run)",
    ),
    "look": (
        "[<kindly>] (look|act|be|seem|get|feel) <rather> {feeling} [for (me|us)]",
        (
            "[<kindly>] (make|do|pull|put on|show|give) [me|us] (a|an|the|your) [best|most] <rather> {feeling}"
            " (face|look|expression|one) [for (me|us)]"
        ),
        (
            "[<kindly>] [show me|tell me|let me see] (how|what) (do you look|you look|do you look like|you look like)"
            " when <you_are> {feeling}"
        ),
        "[<kindly>] (show|let) me [see] (you|how you) (being|look|looking|be|are) {feeling}",
        "[<kindly>] pretend [that] (to be|<you_are>) {feeling}",
        "[<kindly>] look (like|as if|as though) (<you_are>|you were|you feel) {feeling}",
        "what does your {feeling} face look like",
        "[<kindly>|I want to see you|let me see you] {doing} [for (me|us)|at (me|us)|a little|a bit|now|once]",
        "[<kindly>] (give|show) (me|us) (a|your) [big|nice|little] {gesture}",
    ),
    "again": (
        "what (did you|have you|you) [just] (say|said|tell me|told me) [just now|again|to me|there|before]",
        "what (was that|is that) [again|you [just] said]",
        "what was the last thing [that] you said",
        "[<kindly>] (say|repeat|tell me) (that|it|this|what you [just] said) [again|once (more|again)|one more time]",
        "[<kindly>] (repeat|say again|come again)",
        "(pardon|pardon me|sorry|sorry what|excuse me|what|huh|again|once more|one more time|I beg your pardon)",
        "[sorry] I <not> (hear|get|catch|understand) (that|you|it|what you [just] said) [properly]",
    ),
    "forget": (
        (
            "[<kindly>] (forget|delete|erase) [about] (everything|all|what) [that] (we|I) [have|we've|just]"
            " (talked|spoken|spoke|discussed|said|told you|chatted) [about] [so far|today|just now]"
        ),
        (
            "[<kindly>] (forget|delete|erase|clear|wipe|remove|reset) [all of] (our|the|this|my|your)"
            " [whole|entire|last] (conversation|conversations|chat|chats|talk|talks|chat history|conversation history"
            "|history|memory)"
        ),
        "[<kindly>] (forget|delete|erase) everything [I [have] (told you|said)|we [have] said|you know about me]",
        "[<kindly>] forget (this|that|our) (talk|conversation|chat)",
    ),
    "why": (
        (
            "[<kindly>] [tell me] why (did you|have you|you) [just] (say|said|tell me|told me|ask|ask me|mention)"
            " [that|this|it|so] [to me|just now|now]"
        ),
        "why (are|were) you (saying|telling me|talking [to me]|speaking [to me|up]) [that|this|now|about that]",
        "why did you (speak|speak up|talk|start talking) [to me|just now|by yourself|now]",
        "(why|how come|why is that|why was that|why that)",
        "how come you (said|told me) that",
        "what made you say (that|this|it)",
        "what was that (about|for)",
        "why do you (say|tell me|ask) [that|this]",
    ),
    "quiet": (
        "[<kindly>] (be|stay|keep) (quiet|silent|still) [now]",
        "[<kindly>] (stop|stop it|stop that|stop [talking|speaking|chatting|babbling] [now|to me])",
        (
            "(shut up|hush|shush|silence|quiet|shh|sh|zip it|enough|that's enough|that is enough|cancel|never mind"
            "|nevermind|not now|nothing|no more|leave me alone|leave me in peace|forget it)"
        ),
        "not (another|one more) word",
    ),
    "camera_off": (
        "[<kindly>] <off> (the|your|my|this) [mirror's] camera",
        "[<kindly>] (turn|switch) (the|your|my|this) [mirror's] camera off",
        "camera off",
        "[<kindly>] (stop|quit) (watching|looking at|filming) (me|us)",
        "[<kindly>] (do not|don't) (watch|look at|film) (me|us)",
    ),
    "camera_on": (
        "[<kindly>] <on> (the|your|my|this) [mirror's] camera",
        "[<kindly>] (turn|switch) (the|your|my|this) [mirror's] camera [back] on",
        "camera on",
    ),
    "microphone_off": (
        "[<kindly>] (<off>|mute) (the|your|my|this) [mirror's] <microphone>",
        "[<kindly>] (turn|switch) (the|your|my|this) [mirror's] <microphone> off",
        "<microphone> off",
        "[<kindly>] (stop|quit) listening [to (me|us)]",
        "[<kindly>] (do not|don't) listen [to (me|us)]",
    ),
    "microphone_on": (
        "[<kindly>] (<on>|unmute) (the|your|my|this) [mirror's] <microphone>",
        "[<kindly>] (turn|switch) (the|your|my|this) [mirror's] <microphone> [back] on",
        "<microphone> on",
    ),
}
_DE: Final[Templates] = {
    "name": (
        "wie (heißt|heisst) du <denn> [noch mal|nochmal]",
        "(wie|was) (ist|war) <denn> [doch] [noch mal|nochmal|gleich] dein [voller|richtiger] Name",
        "(wer|was) bist du <denn>",
        "wie (nennt man dich|nennst du dich|wirst du genannt) <denn>",
        "wie (soll|kann|darf) ich dich <denn> nennen",
        "hast du [auch|eigentlich|überhaupt] (einen|nen|'nen) Namen",
        "(sag|sage|verrat|verrate|nenn|nenne) <mir> (deinen Namen|wie du (heißt|heisst)|wer du bist)",
        "(stell|stelle) dich [mir|uns] <mal> vor",
        "kannst du dich <mal> vorstellen",
        "mit wem (spreche|sprech|rede|red) ich <denn> [hier|da|gerade]",
        "(erzähl|erzähle) <mir> (was|etwas) (über|von) (dich|dir)",
        "bist du [die|der] {persona}",
    ),
    "abilities": (
        "was kannst du <denn> [für (mich|uns)] [tun|machen|sagen|anstellen|mir zeigen|steuern]",
        "(wobei|womit|wie|bei was) kannst du (mir|uns) <denn> (helfen|behilflich sein)",
        "was (kann|könnte|darf|soll|muss) ich (dich|dir|zu dir|hier) <denn> (fragen|sagen|machen)",
        "was (verstehst|weißt|weisst|machst|tust) du <denn>",
        "was hast du <denn> drauf",
        "(sag|sage|zeig|zeige|erklär|erkläre|verrat|verrate) <mir> was du <denn> kannst",
        "(sag|sage|zeig|zeige|erklär|erkläre|verrat|verrate) <mir> was ich (dich|dir) (fragen|sagen) kann",
        "(wofür|wozu|für was) bist du <denn> (gut|da)",
        "(welche|was für) (Befehle|Sätze|Funktionen|Fähigkeiten|Kommandos) (kennst|hast|verstehst) du <denn>",
        "[kannst du mir <mal>] (hilf|hilfe|helfen) [mir|uns] [bitte|mal]",
        "ich brauche [deine] Hilfe",
        "wie (funktionierst du|funktioniert das|geht das) <denn> [hier]",
    ),
    "wellbeing": (
        "[na|und] wie (geht es|geht's|gehts|geht s) [dir|euch] [denn] [<heute>] [so]",
        "wie fühlst du dich [denn] [<heute>] [so]",
        "(geht es|geht's|gehts) dir gut [<heute>]",
        "[ist] (alles klar|alles gut|alles okay|alles ok|alles in Ordnung|alles fit|alles paletti) [bei dir]",
        "wie (läuft es|läuft's|läufts|steht's|sieht's aus) [bei dir] [<heute>] [so]",
        "wie (war|ist) dein[e] (Tag|Nacht) [so] [gewesen]",
        "(was|wie) geht [ab]",
        "(bist du|na) (fit|gut drauf|gut gelaunt|wohlauf) [<heute>]",
        "hast du gut geschlafen",
        "wie ist [denn] deine (Laune|Stimmung) [<heute>]",
        "was macht die Kunst",
    ),
    "hello": (
        "(hallo|hallöchen|hi|hey|hei|servus|moin|moin moin|grüß dich|grüß gott|grüezi|huhu|tach|na du) [du|zusammen]",
        "{persona}",
        "[schönen] (guten Tag|guten Abend|Abend|guten Mittag)",
        "[es ist] schön dich (zu sehen|kennenzulernen)",
        "freut mich [dich kennenzulernen]",
        "ich bin [wieder] (da|zu Hause|zuhause|daheim|zurück) [wieder]",
    ),
    "good_morning": ("[einen] [wunder][schönen] guten Morgen [wünsche ich [dir]]", "(morgen|guten Morgen zusammen)"),
    "good_night": (
        "[ich wünsche dir] [eine] gute Nacht [dann]",
        "(nacht|nachti|n8)",
        "schlaf (gut|schön|fein)",
        "träum (süß|schön|was Schönes)",
        "ich (gehe|geh) [jetzt|dann] [mal] (ins Bett|schlafen|zu Bett)",
    ),
    "thanks": (
        (
            "[okay|ok|super|prima|perfekt|toll|gut|alles klar] [vielen|lieben|besten|herzlichen|schönen|tausend] Dank"
            " [auch|dir|für (deine|die) (Hilfe|Auskunft|Info|Antwort)|dafür]"
        ),
        (
            "[okay|ok|super|prima|perfekt|toll|gut|alles klar|ich] (danke [schön|sehr]|merci|dankeschön) [dir]"
            " [auch|sehr|vielmals] [für (deine|die) (Hilfe|Auskunft|Info|Antwort)|dafür]"
        ),
        "das ist [sehr|aber] (nett|lieb|freundlich) [von dir]",
    ),
    "praise": (
        "[das hast du] [sehr|echt|wirklich] (gut gemacht|toll gemacht|super gemacht|gute Arbeit|prima gemacht)",
        (
            "du bist [echt|wirklich|so|sehr|ja] (toll|super|nett|lieb|klasse|spitze|lustig|witzig|schlau|klug|cool"
            "|schön|hübsch|süß|die Beste|der Beste|großartig|gut)"
        ),
        "ich (mag|liebe) dich",
        "ich (hab|habe) dich (lieb|gern)",
    ),
    "goodbye": (
        "(tschüss|tschüs|tschau|ciao|[auf] Wiedersehen|auf Wiederhören|adieu|ade|baba|pfiat di) [dann]",
        "bis (später|bald|dann|morgen|nachher|gleich|die Tage|heute Abend|zum nächsten Mal|demnächst) [dann|mal]",
        "(mach's|machs|mach es) gut",
        (
            "[ich wünsche dir] [einen|noch einen|ein|noch ein] (schönen Tag|schönen Abend|schönen Feierabend"
            "|schönes Wochenende) [noch]"
        ),
        "ich (gehe|geh|muss|bin) [jetzt|dann] [mal] (los|weg|gehen|raus|zur Arbeit|außer Haus)",
        "wir sehen uns [später|morgen|dann|bald|nachher]",
    ),
    "look": (
        "(schau|schaue|guck|gucke|kuck|sieh|blick|blicke) <mal> <recht> {feeling} [aus|drein|in die Welt]",
        "(sei|werde|werd|tu|fühl dich) <mal> [so als (wärst|wärest) du] <recht> {feeling}",
        (
            "(mach|mache|zieh|ziehe|zeig|zeige|setz|setze) <mir> [ein|dein|das|eine|deine|einen|deinen] [besonders|ganz"
            "|richtig|so] {feeling} (Gesicht|Miene|Blick|Gesichtsausdruck|Mimik) [auf]"
        ),
        (
            "(zeig|zeige) <mir> (wie du [aussiehst|guckst|schaust] wenn du {feeling} bist|wie du {feeling}"
            " (guckst|schaust|bist|aussiehst))"
        ),
        "wie (siehst du aus|guckst du|schaust du) wenn du {feeling} bist",
        (
            "<can_you> <mal> [für mich] <recht> {feeling} (gucken|schauen|aussehen|sein|kucken"
            "|dreinschauen|dreinblicken)"
        ),
        (
            "<can_you> <mal> [für mich] (ein|dein|eine|deine|einen) {feeling}"
            " (Gesicht|Miene|Blick) (machen|zeigen|ziehen)"
        ),
        "(tu|tue) <mal> (so) als (wärst|wärest|ob du) [du] {feeling} [wärst|bist]",
        "{doing} <mal> [für mich|mich an|ein bisschen|ein wenig|jetzt]",
        "<can_you> <mal> [für mich] {infinitive}",
        "(schenk|schenke|gib|zeig) <mir> (ein|dein|das) {gesture}",
    ),
    "again": (
        "was (hast|hattest) du [gerade|eben|da|jetzt|mir] [eben] [noch mal|nochmal|noch] (gesagt|gemeint|erzählt)",
        "was (sagtest|sagst) du [da|gerade|eben|noch mal]",
        "(wie|was) (bitte|war das [noch mal|nochmal|eben|gerade])",
        "(sag|sage|wiederhol|wiederhole|erzähl|erzähle) <mir> [das|es] [bitte|mal|doch] [<noch_mal>] [bitte]",
        "<can_you> [mir] [das|es] [bitte|mal] [<noch_mal>] [bitte] (wiederholen|sagen|erzählen)",
        "[bitte] (<noch_mal>|wiederholen|wiederhole) [bitte]",
        "(hä|was|häh|bitte was|wie)",
        (
            "[entschuldigung|sorry] [das|dich] (habe|hab) ich [das|dich] [jetzt|gerade|eben] [leider|akustisch] nicht"
            " [richtig|ganz] (verstanden|gehört|mitbekommen)"
        ),
        (
            "[entschuldigung|sorry] ich (habe|hab) (das|dich) [jetzt|gerade|eben] [leider|akustisch] nicht"
            " [richtig|ganz] (verstanden|gehört|mitbekommen)"
        ),
    ),
    "forget": (
        "(vergiss|vergesse|lösch|lösche) <mal> [alles] <said>",
        "(vergiss|vergesse|lösch|lösche) <mal> <conversation>",
        "(vergiss|vergesse|lösch|lösche) <mal> alles [wieder]",
        "<can_you> <mal> (<conversation>|alles) [wieder] (vergessen|löschen)",
        "<can_you> <mal> [alles] (vergessen|löschen) <said>",
    ),
    "why": (
        (
            "<why> (hast|hattest) du [mir] (das|dies|es|sowas|so was) [mir] [gerade|eben|jetzt|da|denn]"
            " (gesagt|erzählt|gefragt|erwähnt)"
        ),
        "<why> (sagst|erzählst|fragst|meinst) du [mir] (das|dies|es|sowas) [mir] [gerade|jetzt|denn]",
        (
            "<why> (redest|sprichst|hast) du [gerade|eben|jetzt|denn|plötzlich] [mit mir|von selbst|einfach so]"
            " [gesprochen|geredet]"
        ),
        "<why> [das|denn|denn das]",
        "wie kommst du [denn] [jetzt] (darauf|drauf)",
        "was (soll|sollte) das [denn]",
        "wie meinst du das",
    ),
    "quiet": (
        "(sei|bleib) <mal> [endlich|jetzt] (still|ruhig|leise)",
        "[gib] [bitte|jetzt] (Ruhe|Stille) [jetzt|bitte]",
        "(halt|halte) <mal> (den Mund|die Klappe|den Rand|den Schnabel)",
        "(hör|höre) <mal> auf [damit|zu (reden|sprechen|quatschen|labern)]",
        (
            "(still|leise|psst|pst|schweig|schweige|klappe|stopp|stop|halt|genug|(das|es) reicht|nicht jetzt"
            "|schon gut|abbrechen|abbruch|nichts|egal|doch nicht|lass (es|das|mich in Ruhe)|vergiss es|kein Wort mehr)"
        ),
    ),
    **{
        f"{device}_{switched}": (
            (
                f"(mach|mache|schalt|schalte|stell|stelle) <mal> (die|deine|das|dein|meine) <{device}> <mal>"
                f" (<{switched}>)"
            ),
            f"<can_you> <mal> (die|deine|das|dein|meine) <{device}> <mal> <{switched}>[ ]machen",
            f"<can_you> <mal> (die|deine|das|dein|meine) <{device}> <mal> <{switched}>(schalten|stellen)",
            f"[die|deine|das|dein] <{device}> [bitte] (<{switched}>|<{switched}>schalten|<{switched}>machen)",
        )
        for device in ("camera", "microphone")
        for switched in ("on", "off")
    },
}
_EN_FEELINGS: Final = {
    "neutral": "neutral|normal|serious|natural|calm|relaxed",
    "happy": "happy|glad|cheerful|pleased|content|friendly|nice",
    "joy": "joyful|overjoyed|delighted|full of joy",
    "laughing": "laughing|amused|funny|like laughing",
    "love": "in love|loving|lovestruck|enamoured|like you love me",
    "excited": "excited|thrilled|enthusiastic|ecstatic",
    "proud": "proud|cool|confident|smug",
    "curious": "curious|interested|inquisitive",
    "thinking": "thoughtful|pensive|thinking",
    "surprised": "surprised|amazed|astonished|shocked|stunned|startled",
    "confused": "confused|puzzled|perplexed|lost|bewildered",
    "worried": "worried|concerned|anxious|nervous|uneasy",
    "sad": "sad|unhappy|down|depressed|disappointed|gloomy",
    "crying": "crying|tearful|like crying",
    "tired": "tired|exhausted|weary|worn out",
    "sleepy": "sleepy|drowsy|asleep",
    "angry": "angry|mad|furious|cross|annoyed|grumpy|evil|mean",
    "afraid": "afraid|scared|frightened|fearful|terrified",
    "embarrassed": "embarrassed|ashamed|shy|bashful",
    "wink": "winking|cheeky|flirty",
    "listening": "listening|attentive|all ears",
    "sorry": "sorry|apologetic|guilty|regretful",
}
_EN_DOINGS: Final = {
    "happy": "smile",
    "joy": "grin|cheer",
    "laughing": "laugh|giggle",
    "love": "fall in love",
    "proud": "be proud of yourself",
    "thinking": "think",
    "sad": "frown|pout",
    "crying": "cry|weep|sob",
    "tired": "yawn",
    "sleepy": "sleep|fall asleep",
    "embarrassed": "blush",
    "wink": "wink",
    "listening": "listen",
    "sorry": "apologize|apologise|say [that] (you are|you're) sorry|say sorry",
}
_EN_GESTURES: Final = {
    "happy": "smile",
    "joy": "grin",
    "laughing": "laugh",
    "wink": "wink",
    "sad": "frown",
    "tired": "yawn",
}
_DE_FEELINGS: Final = {
    "neutral": "neutral|normal|ernst|gelassen|ruhig|entspannt",
    "happy": "fröhlich|glücklich|froh|zufrieden|freundlich|heiter|gut gelaunt|lächelnd",
    "joy": "freudig|überglücklich|erfreut|strahlend|begeistert",
    "laughing": "lachend|lustig|belustigt|amüsiert|witzig",
    "love": "verliebt|liebevoll",
    "excited": "aufgeregt|gespannt|hingerissen",
    "proud": "stolz|cool|selbstbewusst|lässig",
    "curious": "neugierig|interessiert",
    "thinking": "nachdenklich|grübelnd|denkend",
    "surprised": "überrascht|erstaunt|verblüfft|staunend|schockiert|erschrocken",
    "confused": "verwirrt|ratlos|irritiert|durcheinander",
    "worried": "besorgt|beunruhigt|nervös|sorgenvoll",
    "sad": "traurig|unglücklich|betrübt|niedergeschlagen|enttäuscht|deprimiert",
    "crying": "weinend|verweint|weinerlich",
    "tired": "erschöpft|kaputt|geschafft|müd|müde|matt",
    "sleepy": "schläfrig|verschlafen|schlafend",
    "angry": "wütend|böse|bös|sauer|zornig|verärgert|grimmig|genervt|grummelig",
    "afraid": "ängstlich|verängstigt|furchtsam|panisch",
    "embarrassed": "verlegen|beschämt|schüchtern|peinlich berührt",
    "wink": "zwinkernd|frech|verschmitzt",
    "listening": "aufmerksam|zuhörend",
    "sorry": "reumütig|schuldbewusst|zerknirscht|entschuldigend",
}
_DE_DOINGS: Final = {
    "happy": "lächle|lächel|lächele",
    "joy": "freu dich|freue dich|grins|grinse|strahl|strahle|jubel",
    "laughing": "lach|lache|kicher|kichere",
    "love": "verlieb dich|verliebe dich",
    "curious": "sei gespannt",
    "thinking": "denk nach|überleg|überlege|grübel",
    "surprised": "staun|staune|wunder dich|wundere dich",
    "crying": "wein|weine|heul|heule",
    "tired": "gähn|gähne",
    "sleepy": "schlaf|schlafe|schlaf ein",
    "angry": "ärger dich|ärgere dich|schimpf|schimpfe",
    "afraid": "hab Angst|habe Angst|erschrick|fürchte dich|fürcht dich",
    "embarrassed": "schäm dich|schäme dich|werd rot|werde rot",
    "wink": "zwinker|zwinkere|zwinker mir zu|zwinkere mir zu",
    "listening": "hör zu|hör mir zu|höre zu|höre mir zu",
    "sorry": "entschuldige dich|entschuldig dich|sag Entschuldigung",
}
_DE_INFINITIVES: Final = {
    "happy": "lächeln",
    "joy": "dich freuen|grinsen|strahlen",
    "laughing": "lachen|kichern",
    "thinking": "nachdenken|überlegen",
    "surprised": "staunen",
    "crying": "weinen|heulen",
    "tired": "gähnen",
    "sleepy": "schlafen|einschlafen",
    "embarrassed": "dich schämen|rot werden",
    "wink": "zwinkern|mir zuzwinkern",
    "listening": "zuhören|mir zuhören",
    "sorry": "dich entschuldigen",
}
_DE_GESTURES: Final = {"happy": "Lächeln", "joy": "Grinsen|Strahlen", "laughing": "Lachen", "wink": "Zwinkern"}


@dataclass(frozen=True)
class _Language:
    templates: Templates
    rules: Mapping[str, str]
    lists: Mapping[str, Mapping[str, str]]
    """What is said, by the name of its list and by emotion."""
    called: str
    """What is said before or behind the persona's name."""
    ending: str = ""
    """Of a feeling before a noun."""
    polite: str = "[please]"


_LANGUAGES: Final = {
    "en": _Language(
        templates=_EN,
        rules={
            "what_is": "(what's|whats|what is)",
            "how_is": "(how's|hows|how is)",
            "hello": "(hello|hi|hey|hiya|howdy|greetings)",
            "today": "(today|now|right now|this (morning|afternoon|evening)|tonight|these days)",
            "kindly": "(please|now|(can|could|would|will) you [please|try to]|I (want|would like) you to|try to|let's)",
            "rather": "[a bit|a little|really|very|so|more|as]",
            "you_are": "(you are|you're|you feel|you get)",
            "not": "(did not|didn't|could not|couldn't|do not|don't)",
            "off": "(turn off|switch off|shut off|disable|close|deactivate)",
            "on": "(turn on|switch on|enable|open|activate|start)",
            "microphone": "(microphone|mic|mike)",
        },
        lists={"feeling": _EN_FEELINGS, "doing": _EN_DOINGS, "gesture": _EN_GESTURES},
        called="[okay|ok|so|well|oh|hey|hi|hello|and|but|then]",
        polite="[please|now|then|mate|buddy|dear|darling|my friend|man]",
    ),
    "de": _Language(
        templates=_DE,
        rules={
            "can_you": "(kannst|könntest|würdest|magst) du",
            "denn": "[denn|eigentlich|überhaupt|so] [noch] [alles|so]",
            "mal": "[bitte|doch|jetzt] [mal] [bitte]",
            "mir": "[mir|uns] [bitte|doch] [mal] [bitte]",
            "recht": "[ein bisschen|etwas|ganz|sehr|richtig|so|mal|möglichst]",
            "heute": "(heute [so|morgen|abend]|gerade|jetzt|im Moment)",
            "noch_mal": "(noch mal|nochmal|noch einmal|nochmals|erneut)",
            "why": "(warum|wieso|weshalb|wozu|weswegen)",
            "conversation": "(unser|das|unsere|die|unseren|den) [letzte[s]|ganze[s]|gesamte[s|n]]"
            " (Gespräch|Gespräche|Unterhaltung|Unterhaltungen|Verlauf|Gesprächsverlauf|Chatverlauf|Chat)",
            "said": "(was|worüber) (wir [gerade|eben|bisher|heute] (besprochen|gesprochen|geredet|gesagt) haben"
            "|ich [dir] [gerade|eben] (gesagt|erzählt) habe|wir uns [gerade] (erzählt|unterhalten) haben)",
            "camera": "(Kamera|Cam)",
            "microphone": "(Mikrofon|Mikrophon|Mikro)",
            "on": "(an|ein)",
            "off": "(aus|ab)",
        },
        lists={
            "feeling": _DE_FEELINGS,
            "doing": _DE_DOINGS,
            "infinitive": _DE_INFINITIVES,
            "gesture": _DE_GESTURES,
        },
        called="[okay|ok|so|na|ach|oh|hey|hi|hallo|und|aber|dann|du]",
        ending="[es|e|en|er|em|s|n]",
        polite="[bitte|jetzt|dann]",
    ),
}


@dataclass(frozen=True)
class Meant:
    """What somebody means."""

    what: str
    emotion: str | None = None
    """The one that is to be shown."""


def meant(text: str, language: str, persona: str) -> Meant | None:
    """What the text means, said in this language, such as `en` or `en-GB`, to a persona of this name.

    Of several sentences all have to be understood, and the last one counts: "Thank you, goodbye."
    """
    intents = _intents(language.partition("-")[0])
    if intents is None:
        return None
    if whole := _recognized(text, intents, persona):
        return whole
    parts = [_recognized(part, intents, persona) for part in re.split(r"[,;.!?]+", text) if _plain(part)]
    return parts[-1] if parts and all(parts) else None


def _recognized(text: str, intents: Intents, persona: str) -> Meant | None:
    names = TextSlotList.from_strings([_plain(persona)], name="persona")
    found = recognize(_plain(text), intents, slot_lists={"persona": names})
    if not found:
        return None
    return Meant(
        found.intent.name, next((found.entities[name].value for name in _SHOWN if name in found.entities), None)
    )


_SHOWN: Final = ("feeling", "doing", "infinitive", "gesture")
"""The lists of what is to be shown."""


def _plain(text: str) -> str:
    """The words, as the templates have them."""
    return " ".join(re.sub(r"[^\w\s'-]", " ", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")).split())


@cache
def _intents(language: str) -> Intents | None:
    """The sentences of a language; None where there are none."""
    if not (known := _LANGUAGES.get(language)):
        return None
    document: dict[str, Any] = {
        "language": language,
        "intents": {what: {"data": [{"sentences": [*_called(known, one)]}]} for what, one in known.templates.items()},
        "expansion_rules": dict(known.rules),
        "lists": {
            name: {
                "values": [
                    {"in": f"({said}){known.ending * (name == 'feeling')}", "out": emotion}
                    for emotion, said in by_emotion.items()
                ]
            }
            for name, by_emotion in known.lists.items()
        },
    }
    return Intents.from_dict(document)


def _called(known: _Language, templates: Sequence[str]) -> Iterator[str]:
    """The templates, said to somebody by name or not, and politely or not."""
    for template in templates:
        yield f"{known.called} [{{persona}}] {template} {known.polite} [{{persona}}]"
