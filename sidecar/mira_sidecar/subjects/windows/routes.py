"""What the API can be asked about windows: what the air is like, and was, and which devices measure it."""

from collections.abc import Iterator

from mira_sidecar.api.errors import ApiError
from mira_sidecar.api.routes import Call, Nothing, Route
from mira_sidecar.store.errors import StoreError
from mira_sidecar.subjects.windows.core.live_air import LiveAir
from mira_sidecar.subjects.windows.part import WindowsPart
from mira_sidecar.subjects.windows.recorder import AskedReadings, WindowsReadings
from mira_sidecar.subjects.windows.registry import AskedDevices, WindowsDevices


def routes(part: WindowsPart) -> Iterator[Route]:
    """The routes."""
    watch = part.watch

    async def air(call: Call[Nothing, Nothing]) -> LiveAir:
        return watch.live()

    async def devices(call: Call[AskedDevices, Nothing]) -> WindowsDevices:
        return await watch.registry.page(call.query)

    async def readings(call: Call[AskedReadings, Nothing]) -> WindowsReadings:
        try:
            return await watch.recorder.page(call.query)
        except StoreError as error:
            text = "What was measured cannot be read just now."
            raise ApiError(503, "READINGS_UNAVAILABLE", text, retry_after=10) from error

    yield Route(
        method="GET",
        path="/api/v1/windows/air",
        summary="What the air is like",
        tag="Windows",
        capability="windows.read",
        answer=LiveAir,
        handle=air,
    )
    yield Route(
        method="GET",
        path="/api/v1/windows/devices",
        summary="The devices that send over MQTT",
        tag="Windows",
        capability="windows.read",
        query=AskedDevices,
        answer=WindowsDevices,
        handle=devices,
    )
    yield Route(
        method="GET",
        path="/api/v1/windows/readings",
        summary="What was measured, by minute",
        tag="Windows",
        capability="windows.read",
        query=AskedReadings,
        answer=WindowsReadings,
        refuses=(503,),
        handle=readings,
    )
