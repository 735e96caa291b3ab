"""Somebody forges events under load: none of them is in any log, and no command is lost or done twice."""

import redis

from mira_sidecar.store.log_reader import LogReader
from tests.attack.effort import Progress, times
from tests.attack.siege import Siege
from tests.sidecar.process.forger import LAST_ID, Forger, forged

FORGED = times(6, full=60)


def test_events_are_forged_under_load(siege: Siege, progress: Progress) -> None:
    mirror = siege.mirror
    with siege:
        for _ in siege.rounds("forgery", FORGED, progress):
            if killed := siege.random.random() < 0.3:
                mirror.sidecar.kill()
            forge(siege)
            if killed:
                mirror.sidecar.start()
            mirror.until(lambda: mirror.degraded() == ["forged_events"])
    with LogReader(mirror.database) as log:
        assert log.set_aside() == []
    progress(f"{FORGED} forgeries; {siege.check()}")
    assert "forged" not in str(mirror.stored())


def forge(siege: Siege) -> None:
    """Add a forged event behind the last one, which others keep moving."""
    while True:
        seq = int(siege.mirror.snapshot()["seq"]) + siege.random.choice((1, 2, 1_000))
        entry_id = siege.random.choice((f"{seq}-0", f"{seq}-7", LAST_ID))
        try:
            Forger(siege.mirror).append(forged(seq), entry_id, mac="ab" * 32)
        except redis.ResponseError:
            continue
        return
