"""The facts in what people said: which sentences state one, which of two holds, and what is left after 200 turns."""

import pytest

from custom_components.mira.facts import LONGEST, found, summary
from custom_components.mira.history import KEPT, Earlier, Message
from house.long_talk import FACTS, OTHER_FACTS, household

DAY = "2026-11-29"


def facts_in(text: str) -> list[str]:
    """The facts of one message."""
    return [fact.text for fact in found(text, DAY)]


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("My name is Thomas.", ["My name is Thomas."]),
        ("hello, my sister is called anna", ["My sister is called anna"]),
        ("I'm allergic to nuts. Turn on the light!", ["I'm allergic to nuts."]),
        ("Remember that the spare key is with the Millers.", ["The spare key is with the Millers."]),
        ("The dentist is on Tuesday at 9.", ["The dentist is on Tuesday at 9."]),
        ("Anna visits us tomorrow.", [f"({DAY}) Anna visits us tomorrow."]),
        ("My brother Max plays the guitar, can you play some?", ["My brother Max plays the guitar"]),
        ("Ich heiße Clara.", ["Ich heiße Clara."]),
        ("Übrigens: Unser Hochzeitstag ist am 12. Juni.", ["Unser Hochzeitstag ist am 12. Juni."]),
        ("Der Schlüssel liegt in der Schublade. Wie spät ist es?", ["Der Schlüssel liegt in der Schublade."]),
        ("Am Dienstag um 9 habe ich einen Zahnarzttermin.", ["Am Dienstag um 9 habe ich einen Zahnarzttermin."]),
    ],
)
def test_a_statement_of_something_lasting_is_a_fact(said: str, facts: list[str]) -> None:
    assert facts_in(said) == facts


@pytest.mark.parametrize(
    "said",
    [
        *("In meiner Freizeit male ich Aquarelle.", "Kaffee trinke ich nur mit Hafermilch.", "Ich höre gern Jazz."),
        *("Gegen Birkenpollen bin ich allergisch.", "Mir schmeckt Rosenkohl nicht.", "Spinnen machen mir Angst."),
        *("Onkel Heinz ist Imker.", "Geboren bin ich in Chemnitz.", "Zu Ostern wünscht sich Mia ein Fahrrad."),
        *("Das Passwort klebt unter dem Router.", "Den Schlüssel hat Frau Berger von gegenüber."),
        "Ich kann ohne Brille kaum lesen.",
    ],
)
def test_a_german_sentence_states_one_whatever_it_begins_with(said: str) -> None:
    assert facts_in(said) == [said]


@pytest.mark.parametrize(
    "said",
    [
        *("What is my name?", "what time is it", "Can you play some jazz?", "Turn on my lamp.", "I'm tired."),
        *("The light is on.", "My phone is ringing.", "I think so.", "I want the light off.", "Thank you.", ""),
        *("Mach das Licht an.", "Wie spät ist es?", "Mir ist kalt.", "Ich bin müde.", "Ich glaube schon.", "well"),
        *("Danke, das reicht.", "Ich gehe jetzt duschen.", "Ich komme gleich wieder.", "Da hast du recht."),
        *("Den Film kenne ich schon.", "Das weiß ich nicht.", "Jetzt habe ich Hunger.", "Mir geht es gut."),
        *("Im Bad brennt noch Licht.", "Im Wohnzimmer ist es zu hell.", "Damit bin ich einverstanden.", "Es klingelt."),
        *("Erinnere mich am Montag an den Müll.", "Heute ist es schön.", "My story " + "goes on and " * 40),
    ],
)
def test_questions_commands_and_states_are_none(said: str) -> None:
    assert facts_in(said) == []


def test_what_is_said_of_the_same_in_the_next_sentence_belongs_to_it() -> None:
    (fact,) = {fact.key: fact.text for fact in found("My sister is called Anna. She lives in Graz.", DAY)}.values()
    assert fact == "My sister is called Anna. She lives in Graz."
    assert facts_in("My sister is called Anna. Is she here?") == ["My sister is called Anna."]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("I live in Graz.", "I live in Vienna."),
        ("My favourite colour is blue.", "My favourite colour is green."),
        ("I like olives.", "I don't like olives any more."),
        ("The dentist is on Tuesday at 9.", "The dentist is on Thursday at 10."),
        ("My sister is called Anna.", "My sister is named Anne."),
        ("The spare key is under the pot.", "The spare key is with the Millers."),
        ("Ich wohne in Graz.", "Ich wohne in Wien."),
        ("Ich mag Oliven.", "Ich mag keine Oliven."),
    ],
)
def test_of_two_about_the_same_the_newer_one_holds(before: str, after: str) -> None:
    assert summary(before, [("I like jazz.", DAY), (after, DAY)]).splitlines() == ["I like jazz.", after]


def test_of_one_person_several_things_are_known() -> None:
    said = [
        "My sister is called Anna.",
        "My sister lives in Graz.",
        "I like tea.",
        "I like jazz.",
        "Remember milk, eggs.",
    ]
    assert len(summary(None, [(each, DAY) for each in said]).splitlines()) == 5


def test_what_may_be_a_fact_is_kept_while_there_is_room_and_goes_first() -> None:
    may_be = "Tea beats coffee for me any day."
    assert facts_in(may_be) == [may_be]
    assert facts_in("I reckon it might rain in a bit.") == facts_in("Off we go then.") == []
    kept = summary(None, [(may_be, DAY), ("The dentist is on the 4th.", DAY)])
    assert summary(kept, []) == kept
    full = summary(kept, [(f"My friend number{number} likes chess.", DAY) for number in range(300)])
    assert may_be not in full
    almost = summary(kept, [(f"My friend number{number} likes chess.", DAY) for number in range(100)])
    assert "dentist" in almost


def test_where_there_is_no_room_what_has_a_date_goes_first_and_then_the_oldest() -> None:
    dated = [(f"Guest{number} comes on the {number}th of May.", DAY) for number in range(10, 30)]
    lasting = [(f"I like number{number}.", DAY) for number in range(300)]
    kept = summary("- What a model wrote.\n\n", [*dated, *lasting])
    assert LONGEST - 30 <= len(kept) <= LONGEST
    assert "Guest" not in kept
    assert "number0." not in kept
    assert "number299." in kept


def sent(earlier: Earlier) -> str:
    """What an agent gets of it."""
    return "\n".join([earlier.summary or "", *(message.text for message in earlier.sent())])


@pytest.mark.parametrize("facts", [FACTS, OTHER_FACTS], ids=["known", "other"])
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("seed", range(3))
def test_after_200_turns_little_is_sent_and_most_facts_of_the_first_twenty_are_in_it(
    facts: dict[str, list[tuple[str, str]]], language: str, seed: int
) -> None:
    said = household(facts[language], language, seed)
    earlier = Earlier(None, [], 0)
    longest = 0
    for number, (asked, answered) in enumerate(said.turns):
        new = [Message(f"{number}u", True, asked, DAY), Message(f"{number}a", False, answered, DAY)]
        messages = [*earlier.messages, *new]
        earlier = Earlier(earlier.summary, messages, len(messages))
        if earlier.is_long:
            old, left = earlier.messages[:-KEPT], earlier.messages[-KEPT:]
            text = summary(earlier.summary, [(each.text, each.day) for each in old if each.is_question])
            earlier = Earlier(text, left, len(left))
        longest = max(longest, len(sent(earlier)))
    remembered = [words for words in said.named if words in sent(earlier)]
    assert longest <= 6_000
    assert len(remembered) >= 0.8 * len(said.named), set(said.named) - set(remembered)
