"""Who lives here: what the state knows of them, and what a PIN of their own opens."""

import msgspec
import pytest

from mira_sidecar.core.decision import Rules
from mira_sidecar.protocol import Event
from mira_sidecar.subjects.people.core.persons import MOST
from mira_sidecar.subjects.people.core.slice import People
from tests.sidecar.core.situation import Situation, refused

LINKED = "0123456789abcdef" * 2
"""An id of Home Assistant's registry."""
ANNA, BEN = "p_a0000000", "p_b0000000"
GUARDED = Rules(confirm=frozenset(), guarded=frozenset({("camera_on", "touch"), ("people", "touch")}))


def people(mirror: Situation) -> People:
    return msgspec.convert(mirror.document["parts"]["people"], People)


@pytest.fixture
def house() -> Situation:
    """Anna has agreed to everything, Ben to nothing; there is a PIN, and the mirror is locked."""
    mirror = Situation(rules=GUARDED)
    mirror.send("add_person", person=ANNA, ha_person=LINKED, consents=["voice", "face", "memory"])
    mirror.send("add_person", person=BEN)
    mirror.send("set_camera", on=False)
    mirror.send("set_pin", pin="set")
    return mirror


def give_pin(mirror: Situation, person: str, **more: object) -> Event:
    return mirror.send("set_pin", pin="set", current="right", person=person, **more)


def test_a_mirror_without_people_says_nothing_of_any() -> None:
    assert Situation().document["parts"] == {}


def test_a_person_is_there_with_what_they_agreed_to(house: Situation) -> None:
    assert people(house).persons[ANNA].consents == ["face", "memory", "voice"]
    assert people(house).persons[BEN].consents == []


def test_nobody_is_added_twice_and_no_more_than_the_state_has_room_for() -> None:
    mirror = Situation(rules=Rules(confirm=frozenset(), rates={}))
    for number in range(MOST):
        assert mirror.send("add_person", person=f"p_{number:08}").type == "accepted"
    assert refused(mirror.send("add_person", person="p_00000000")) == ("person_exists", "people")
    assert refused(mirror.send("add_person", person="p_e0000000")) == ("too_many_people", "people")


def test_what_guards_people_asks_for_the_pin(house: Situation) -> None:
    assert refused(house.send("forget_person", person=ANNA)) == ("pin_required", "access")
    house.send("unlock", pin="right")
    assert house.send("forget_person", person=ANNA).type == "accepted"


def test_whoever_is_forgotten_leaves_the_state_but_for_the_id_until_all_is_deleted(house: Situation) -> None:
    house.send("unlock", pin="right")
    house.send("enrol", person=ANNA, kind="face")
    house.send("recognise", source="sensor", person=ANNA, by="face", confidence=0.9)
    house.send("forget_person", person=ANNA)
    assert people(house) == People(persons={BEN: people(house).persons[BEN]}, forgotten=[ANNA])
    assert refused(house.send("add_person", person=ANNA)) == ("person_exists", "people")
    assert house.send("person_erased", source="automation", person=ANNA).reason == "not_allowed"
    house.send("person_erased", source="sensor", person=ANNA)
    assert people(house).forgotten == []


def test_a_face_is_learnt_from_as_many_prints_as_were_asked_for(house: Situation) -> None:
    house.send("unlock", pin="right")
    assert refused(house.send("enrol", person=BEN, kind="face")) == ("no_consent", "people")
    house.send("enrol", person=ANNA, kind="face", samples=2)
    assert refused(house.send("enrol", person=ANNA, kind="voice")) == ("enrolling", "people")
    for _ in range(2):
        taken = house.send("take_print", source="sensor", kind="face", model="arcface-1", quality=0.9)
        assert taken.payload["person"] == ANNA
    assert people(house).enrolling is None
    assert people(house).persons[ANNA].prints == {"face": 2}
    late = house.send("take_print", source="sensor", kind="face", model="arcface-1", quality=0.9)
    assert late.reason == "unknown_person"


def test_a_print_that_could_not_be_kept_is_asked_for_once_more(house: Situation) -> None:
    house.send("unlock", pin="right")
    house.send("enrol", person=ANNA, kind="face", samples=2)
    house.send("take_print", source="sensor", kind="face", model="arcface-1", quality=0.9)
    assert house.send("print_lost", source="touch", person=ANNA, kind="face").reason == "not_allowed"
    assert house.send("print_lost", source="sensor", person="p_d0000000", kind="face").reason == "unknown_person"
    for _ in range(2):  # a sender that says it twice takes no other print away
        house.send("print_lost", source="sensor", person=ANNA, kind="face")
        assert people(house).persons[ANNA].prints == {"face": 0}
    house.send("print_lost", source="sensor", person=ANNA, kind="voice")
    for taken in (1, 2):
        assert people(house).enrolling is not None
        print_ = house.send("take_print", source="sensor", kind="face", model="arcface-1", quality=0.9)
        assert print_.payload["taken"] == taken
    assert people(house).enrolling is None
    house.send("print_lost", source="sensor", person=ANNA, kind="face")
    assert people(house).persons[ANNA].prints == {"face": 1}


def test_learning_ends_by_itself(house: Situation) -> None:
    house.send("unlock", pin="right")
    house.send("enrol", person=ANNA, kind="face")
    house.pass_ms(179_000)
    assert ("end_enrolment", {}) not in house.due()
    house.pass_ms(1_000)
    house.do_what_is_due()
    assert people(house).enrolling is None


def test_a_consent_that_is_taken_back_takes_the_prints_along(house: Situation) -> None:
    house.send("unlock", pin="right")
    house.send("enrol", person=ANNA, kind="face", samples=1)
    house.send("take_print", source="sensor", kind="face", model="arcface-1", quality=0.9)
    house.send("enrol", person=ANNA, kind="face")
    house.send("change_person", person=ANNA, consents=["voice"])
    assert people(house).persons[ANNA].prints == {}
    assert people(house).enrolling is None
    assert people(house).persons[ANNA].ha_person == LINKED


def test_only_what_sees_and_hears_says_who_it_was(house: Situation) -> None:
    assert house.send("recognise", source="touch", person=ANNA, by="face", confidence=1).reason == "not_allowed"
    unknown = house.send("recognise", source="sensor", person="p_d0000000", by="face", confidence=1)
    assert unknown.reason == "unknown_person"
    assert house.send("recognise", source="sensor", person=BEN, by="face", confidence=1).reason == "no_consent"
    assert house.send("recognise", source="sensor", person=None, by="face", confidence=1).type == "accepted"
    here = people(house).here
    assert here is not None
    assert here.person is None


def test_a_persons_pin_opens_what_it_was_given_for_and_says_whose_it_was(house: Situation) -> None:
    assert give_pin(house, ANNA, opens=["camera_on"]).payload == {"pin": "set", "person": ANNA, "opens": ["camera_on"]}
    assert house.send("unlock", pin="right", person=ANNA).payload["person"] == ANNA
    assert house.state.access.unlocked_by == ANNA
    assert house.send("set_camera", on=True).type == "accepted"
    assert refused(house.send("forget_person", person=BEN)) == ("pin_opens_less", "access")
    house.send("lock")
    assert house.state.access.unlocked_by is None


def test_nobody_gets_a_pin_for_what_there_is_not(house: Situation) -> None:
    given = give_pin(house, ANNA, opens=["camera_on", "remove_todo", "camera_onn"])
    assert refused(given) == ("bad_payload", "validation")
    assert (given.values["fault"], given.values["field"]) == ("not_one_of", "opens[2]")
    assert {"camera_on", "remove_todo"} <= set(given.values["choices"])
    assert house.state.access.persons == {}


def test_with_their_own_pin_nobody_sets_one_and_so_nobody_finds_the_households(house: Situation) -> None:
    give_pin(house, ANNA)
    house.send("unlock", pin="right", person=ANNA)
    for more in ({"person": ANNA}, {"person": BEN}, {}):
        house.pass_ms(3_000)  # for their rate
        assert refused(house.send("set_pin", pin="taken", fields=more)) == ("pin_required", "access")


def test_a_pin_that_opens_some_things_only_does_not_take_back_wrong_tries(house: Situation) -> None:
    give_pin(house, ANNA, opens=["camera_on"])
    give_pin(house, BEN)
    house.send("unlock", pin="wrong")
    house.send("unlock", pin="right", person=ANNA)
    assert house.state.access.wrong_tries == 1
    house.send("unlock", pin="right", person=BEN)
    assert house.state.access.wrong_tries == 0


def test_a_pin_that_may_be_of_somebody_who_is_not_known_here_is_not_called_wrong_and_counts(house: Situation) -> None:
    assert refused(house.send("unlock", pin="unsure")) == ("pin_unknown", "access")
    assert house.state.access.wrong_tries == 1


def test_two_do_not_have_one_pin_and_nobody_has_one_without_the_households(house: Situation) -> None:
    taken = house.send("set_pin", pin="taken", current="right", person=ANNA)
    assert refused(taken) == ("pin_taken", "access")
    assert refused(house.send("set_pin", pin="taken", person=ANNA)) == ("pin_required", "access")
    assert refused(give_pin(house, "p_d0000000")) == ("unknown_person", "people")
    give_pin(house, ANNA)
    house.send("set_pin", pin="cleared", current="right")
    assert house.state.access.persons == {}
    assert refused(give_pin(house, ANNA)) == ("no_pin", "access")


def test_whoever_is_forgotten_has_no_pin_and_has_opened_nothing(house: Situation) -> None:
    give_pin(house, ANNA)
    house.send("unlock", pin="right", person=ANNA)
    house.send("forget_person", person=ANNA)
    assert house.state.access.persons == {}
    assert house.state.access.unlocked_until is None
    assert refused(house.send("set_camera", on=True)) == ("pin_required", "access")
