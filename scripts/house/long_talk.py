"""A household that talks to its mirror: 200 turns, made from facts, commands, questions and small talk.

The facts were written down as people say such things, after the rules that look for them (facts.py), and not changed
since. Of the first set the rules found 84 % (English) and 73 % (German) when they met it, of the second one 85 % and
75 %; by each they were made better afterwards. Each fact has the words by which it is found again.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

FACTS: dict[str, list[tuple[str, str]]] = {
    "en": [
        ("I'm Julia, by the way.", "Julia"),
        ("My husband is called Peter and he works at the hospital.", "Peter"),
        ("We've got a little son, Emil, he's four.", "Emil"),
        ("Our dog's name is Rocky.", "Rocky"),
        ("I can't eat anything with gluten.", "gluten"),
        ("My mother-in-law is coming to stay with us on the 14th of December.", "mother-in-law"),
        ("I'm a vet, so I get home late on Wednesdays.", "vet"),
        ("My favourite band is Portishead.", "Portishead"),
        ("Emil's kindergarten closes at half past three.", "half past three"),
        ("The key to the shed hangs behind the kitchen door.", "shed"),
        ("Please remember that the boiler man comes on Thursday morning.", "boiler"),
        ("Peter takes his coffee black.", "black"),
        ("My parents live in Leeds.", "Leeds"),
        ("I turn forty on the second of February.", "forty"),
        ("We always have pizza on Fridays.", "pizza"),
        ("I hate it when the radio is on during breakfast.", "radio"),
        ("Our neighbours, the Okafors, have our spare key.", "Okafors"),
        ("I'm training for the marathon in April.", "marathon"),
        ("My sister Helen is expecting a baby in June.", "Helen"),
        ("We moved here from Bristol two years ago.", "Bristol"),
        ("My car is a blue Skoda.", "Skoda"),
        ("Don't forget that Emil is allergic to penicillin.", "penicillin"),
        ("I play the cello in an orchestra every Monday evening.", "cello"),
        ("The Christmas decorations are up in the attic.", "decorations"),
    ],
    "de": [
        ("Ich bin übrigens die Katrin.", "Katrin"),
        ("Mein Mann heißt Jürgen und ist Dachdecker.", "Jürgen"),
        ("Wir haben zwei Kinder, Lena und Finn.", "Lena"),
        ("Unsere Katze heißt Mimi.", "Mimi"),
        ("Ich vertrage keine Laktose.", "Laktose"),
        ("Meine Schwiegermutter kommt am 14. Dezember zu Besuch.", "Schwiegermutter"),
        ("Ich arbeite in der Stadtbücherei.", "Stadtbücherei"),
        ("Meine Lieblingsfarbe ist Petrol.", "Petrol"),
        ("Lena hat jeden Mittwoch um 15 Uhr Ballett.", "Ballett"),
        ("Der Schlüssel für den Keller hängt hinter der Haustür.", "Keller"),
        ("Merk dir, dass am Freitag der Schornsteinfeger kommt.", "Schornsteinfeger"),
        ("Jürgen trinkt seinen Kaffee schwarz.", "schwarz"),
        ("Meine Eltern wohnen in Passau.", "Passau"),
        ("Ich werde am 2. Februar vierzig.", "vierzig"),
        ("Freitags gibt es bei uns immer Pizza.", "Pizza"),
        ("Ich kann Schlager nicht ausstehen.", "Schlager"),
        ("Die Nachbarn, Familie Yilmaz, haben unseren Ersatzschlüssel.", "Yilmaz"),
        ("Ich trainiere für den Marathon im April.", "Marathon"),
        ("Meine Schwester Ute bekommt im Juni ein Baby.", "Ute"),
        ("Wir sind vor zwei Jahren aus Kassel hergezogen.", "Kassel"),
        ("Unser Auto ist ein blauer Skoda.", "Skoda"),
        ("Vergiss nicht, dass Finn gegen Penicillin allergisch ist.", "Penicillin"),
        ("Montagabends spiele ich Cello im Orchester.", "Cello"),
        ("Die Weihnachtsdeko liegt oben auf dem Dachboden.", "Weihnachtsdeko"),
    ],
}
OTHER_FACTS: dict[str, list[tuple[str, str]]] = {
    "en": [
        ("You can call me Bex.", "Bex"),
        ("I have been a vegetarian since I was twelve.", "vegetarian"),
        ("Our twins start school in September.", "twins"),
        ("My grandfather turns ninety in August.", "ninety"),
        ("The bins go out on Tuesday nights.", "bins"),
        ("I'm deaf in my left ear.", "deaf"),
        ("Grandma's ring is in the blue box on top of the wardrobe.", "wardrobe"),
        ("We got married in Edinburgh.", "Edinburgh"),
        ("Oscar goes to the childminder on Mondays and Tuesdays.", "childminder"),
        ("My wife can't stand coriander.", "coriander"),
        ("I work nights this month.", "nights"),
        ("The cleaner has her own key and comes every other Friday.", "cleaner"),
        ("My blood pressure tablets are in the top drawer.", "tablets"),
        ("I'd rather be called Samuel than Sam.", "Samuel"),
        ("Our anniversary is the 9th of July.", "anniversary"),
        ("My best friend moved to Cardiff.", "Cardiff"),
        ("The school play is on the 11th at six.", "school play"),
        ("I love crime novels, especially old ones.", "crime novels"),
        ("Dad has diabetes.", "diabetes"),
        ("We keep chickens in the garden.", "chickens"),
    ],
    "de": [
        ("Du kannst Bine zu mir sagen.", "Bine"),
        ("Ich esse seit zehn Jahren kein Fleisch.", "Fleisch"),
        ("Unsere Zwillinge kommen im September in die Schule.", "Zwillinge"),
        ("Mein Opa wird im August neunzig.", "neunzig"),
        ("Die gelbe Tonne wird immer dienstags geleert.", "Tonne"),
        ("Auf dem linken Ohr bin ich taub.", "taub"),
        ("Omas Ring liegt in der blauen Schachtel auf dem Schrank.", "Schachtel"),
        ("Wir haben in Salzburg geheiratet.", "Salzburg"),
        ("Oskar ist montags und dienstags bei der Tagesmutter.", "Tagesmutter"),
        ("Meine Frau kann Koriander nicht leiden.", "Koriander"),
        ("Diesen Monat habe ich Nachtschicht.", "Nachtschicht"),
        ("Die Putzfrau hat einen eigenen Schlüssel.", "Putzfrau"),
        ("Meine Blutdrucktabletten sind in der obersten Schublade.", "Blutdruck"),
        ("Ich werde lieber Samuel genannt als Sam.", "Samuel"),
        ("Unser Hochzeitstag ist der 9. Juli.", "Hochzeitstag"),
        ("Meine beste Freundin ist nach Rostock gezogen.", "Rostock"),
        ("Das Schultheater ist am 11. um sechs.", "Schultheater"),
        ("Am liebsten lese ich alte Krimis.", "Krimis"),
        ("Papa hat Zucker.", "Zucker"),
        ("Wir halten Hühner im Garten.", "Hühner"),
    ],
}
LATER: dict[str, list[str]] = {
    "en": [
        "The plumber is coming on Tuesday at ten.",
        "I have a dentist appointment next week.",
        "My colleague Tom likes hiking.",
        "We're flying to Lisbon on the 3rd of March.",
        "I prefer tea in the evening.",
        "My boss is on holiday until Monday.",
        "Emil has football practice on Saturday.",
        "I've started to learn Italian.",
    ],
    "de": [
        "Der Klempner kommt am Dienstag um zehn.",
        "Ich habe nächste Woche einen Zahnarzttermin.",
        "Mein Kollege Tom geht gern wandern.",
        "Wir fliegen am 3. März nach Lissabon.",
        "Abends trinke ich lieber Tee.",
        "Mein Chef ist bis Montag im Urlaub.",
        "Finn hat am Samstag Fußballtraining.",
        "Ich lerne jetzt Italienisch.",
    ],
}
TALK: dict[str, list[str]] = {
    "en": [
        "Turn on the light in the kitchen.",
        "What's the weather like tomorrow?",
        "It's freezing in here.",
        "Set a timer for ten minutes.",
        "Play some music, please.",
        "Thanks, that's enough.",
        "I'm so tired today.",
        "Is the washing machine done?",
        "Tell me a joke.",
        "How long does it take to boil an egg?",
        "The window in the bathroom is open.",
        "I think that was the doorbell.",
        "Add milk to the shopping list.",
        "Good morning!",
        "Can you make it a bit warmer?",
        "Who won the match last night?",
    ],
    "de": [
        "Mach das Licht in der Küche an.",
        "Wie wird das Wetter morgen?",
        "Hier ist es eiskalt.",
        "Stell einen Timer auf zehn Minuten.",
        "Spiel bitte etwas Musik.",
        "Danke, das reicht.",
        "Ich bin heute so müde.",
        "Ist die Waschmaschine fertig?",
        "Erzähl mir einen Witz.",
        "Wie lange muss ein Ei kochen?",
        "Das Fenster im Bad ist offen.",
        "Ich glaube, das war die Klingel.",
        "Setz Milch auf die Einkaufsliste.",
        "Guten Morgen!",
        "Kannst du es etwas wärmer machen?",
        "Wer hat gestern gewonnen?",
    ],
}
ANSWERS = [
    "Done.",
    "I have turned it on for you. Is there anything else that you would like me to do?",
    "Tomorrow it will be mostly sunny with a light breeze from the west and temperatures of up to nine degrees.",
    "That is nice to hear! I will keep it in mind.",
    "Here is one: why did the scarecrow win a prize? Because he was outstanding in his field. " * 2,
]


@dataclass(frozen=True)
class Household:
    """What is said, turn for turn, and the words of the facts that are named in the first twenty."""

    turns: Sequence[tuple[str, str]]
    named: Sequence[str]


def household(facts: Sequence[tuple[str, str]], language: str, seed: int) -> Household:
    """Two hundred turns; the first twenty have twenty facts, and each fifth one of the others has one."""
    chance = random.Random(seed)
    first = chance.sample(facts, 20)
    turns: list[tuple[str, str]] = []
    for number in range(200):
        asked = chance.choice(TALK[language])
        if number < len(first):
            asked = first[number][0]
            if chance.random() < 0.3:
                asked = f"{chance.choice(TALK[language][6:10])} {asked}"
        elif chance.random() < 0.2:
            asked = chance.choice(LATER[language])
        turns.append((asked, chance.choice(ANSWERS)))
    return Household(turns, [words for _, words in first])
