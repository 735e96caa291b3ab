"""What is logged goes where it was said last, whoever has logged before."""

import structlog
from structlog.testing import capture_logs

from mira_sidecar.logs import configure


def test_logs_are_captured_also_after_a_command_that_ran_in_this_process() -> None:
    log = structlog.get_logger()
    configure("error")
    log.error("of the command")
    configure("info")
    with capture_logs() as said:
        log.info("of the test")
    assert [line["event"] for line in said] == ["of the test"]
