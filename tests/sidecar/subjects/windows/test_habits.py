"""After a restart it is known when somebody usually is in a room, and how warm the last days were."""

from pathlib import Path

import pytest

from mira_sidecar.subjects.windows.core.past import Past
from mira_sidecar.subjects.windows.core.planner import Readings
from mira_sidecar.subjects.windows.core.rooms import OUTSIDE, SensorReading
from mira_sidecar.subjects.windows.habits import recall, week_hour
from tests.sidecar.subjects.windows.store import MINUTE_MS, NOON_MS, Disk, Keeping, opened

_WEEK_MS = 7 * 24 * 60 * MINUTE_MS
NOW = Readings(temperature=21.0, humidity=50.0, outdoor_temperature=20.0)


async def test_what_was_kept_is_recalled(tmp_path: Path) -> None:
    async with opened(tmp_path) as side:
        keeping = Keeping(Disk(side))
        for minute in range(30):
            keeping.now_ms = NOON_MS + minute * MINUTE_MS
            for kind, room, value in (("occupied", "bath", float(minute < 15)), ("temperature", OUTSIDE, 4.0)):
                keeping.recorder.add(SensorReading(None, room, kind, value, keeping.now_ms, None))
        keeping.now_ms += 5 * MINUTE_MS
        assert await keeping.keep()
        past, later_ms = Past(), NOON_MS + _WEEK_MS
        await recall(past, keeping.recorder.page, "bath", OUTSIDE, later_ms)
        known = past.complete(NOW, later_ms, week_hour(later_ms))
        assert known.usually_there == pytest.approx(0.5)
        assert known.outdoor_mean == pytest.approx(4.0, abs=0.5)
        nobody = Past()
        await recall(nobody, keeping.recorder.page, "attic", "nowhere", later_ms)
        assert nobody.complete(NOW, later_ms, week_hour(later_ms)).usually_there is None


def test_a_week_begins_on_monday() -> None:
    assert week_hour(NOON_MS + _WEEK_MS) == week_hour(NOON_MS)
    assert 0 <= week_hour(NOON_MS) < 168
