"""The figures of the sidecar, as Prometheus reads them."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, override

from mira_sidecar.core.arbiter import Position
from mira_sidecar.protocol import Event, Presence

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Now(NamedTuple):
    """What is so when somebody asks."""

    position: Position
    deciding: bool
    sockets: int
    waiting: int
    """Commands of the API that wait for their answers."""
    dropped: Mapping[str, int]
    """WebSockets that the sidecar ended, by the reason."""


class Figures:
    """Counts what is decided and asked for, from the start of the sidecar on."""

    def __init__(self) -> None:
        self._started = time.time()
        self._decided: Counter[tuple[str, str, str]] = Counter()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._request_s = 0.0

    def decided(self, events: Iterable[Event]) -> None:
        """Count what was decided."""
        for event in events:
            if event.type != "state_patch":
                self._decided[event.source, event.type, event.reason or ""] += event.count

    def asked(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count a request by its route."""
        self._requests[method, path, status] += 1
        self._request_s += seconds

    def text(self, presence: Presence, now: Now) -> bytes:
        """All of it, in the text format of Prometheus."""
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - 2 MB, for those who scrape
        from prometheus_client.registry import Collector  # noqa: PLC0415

        families = self._families(presence, now)

        class Shown(Collector):
            @override
            def collect(self) -> Iterator[Metric]:
                return families

        registry = CollectorRegistry(auto_describe=False)
        registry.register(Shown())
        return generate_latest(registry)

    def _families(self, presence: Presence, now: Now) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily  # noqa: PLC0415

        def gauge(name: str, text: str, value: float | None) -> Iterator[Metric]:
            if value is not None:
                yield GaugeMetricFamily(name, text, value)

        yield InfoMetricFamily("mira", "The sidecar.", {"version": presence.version, "mirror": presence.mirror})
        yield from gauge("mira_start_time_seconds", "When the sidecar started, in Unix time.", self._started)
        yield from gauge("mira_deciding", "1 while commands are decided.", float(now.deciding))
        yield from gauge("mira_log_sequence", "The place of the last event in the log.", now.position.seq)
        yield from gauge("mira_state_revision", "The revision of the state.", now.position.rev)
        yield from gauge("mira_log_bytes", "What the event log takes on the disk.", presence.log_bytes)
        free = presence.disk_free_mb
        yield from gauge("mira_disk_free_bytes", "What its disk has left.", None if free is None else free * 1e6)
        seconds = GaugeMetricFamily(
            "mira_decision_seconds", "From the reading of a command to its answer, lately.", labels=["quantile"]
        )
        pace = presence.pace
        for quantile, ms in (("0.5", pace.decision_ms_p50), ("0.95", pace.decision_ms_p95)) if pace else ():
            if ms is not None:
                seconds.add_metric([quantile], ms / 1_000)
        yield seconds
        yield from gauge("mira_api_websockets", "WebSockets that are open.", now.sockets)
        yield from gauge("mira_api_commands_waiting", "Commands of the API that wait for their answers.", now.waiting)
        problems = GaugeMetricFamily("mira_problem", "1 for each thing that does not work.", labels=["code"])
        for problem in (*((presence.problem,) if presence.problem else ()), *presence.degraded):
            problems.add_metric([problem.code], 1)
        yield problems
        devices = GaugeMetricFamily("mira_device_open", "1 while a device is open.", labels=["device", "kind"])
        for name, device in presence.devices.items():
            devices.add_metric([name, device.kind], float(device.capture == "open"))
        yield devices
        decided = CounterMetricFamily("mira_commands", "Commands decided.", labels=["source", "result", "reason"])
        for labels, count in self._decided.items():
            decided.add_metric(labels, count)
        yield decided
        requests = CounterMetricFamily("mira_api_requests", "Requests answered.", labels=["method", "route", "status"])
        for (method, path, status), count in self._requests.items():
            requests.add_metric([method, path, str(status)], count)
        yield requests
        yield CounterMetricFamily("mira_api_request_seconds", "What the answers took in all.", self._request_s)
        ended = CounterMetricFamily("mira_api_dropped", "WebSockets that were ended.", labels=["reason"])
        for reason, count in now.dropped.items():
            ended.add_metric([reason], count)
        yield ended
