"""What the API can be asked about it."""

from collections.abc import Iterator

import msgspec

from mira_sidecar.api.connections import Connection, SocketRoute
from mira_sidecar.api.errors import ApiError
from mira_sidecar.api.routes import Call, Nothing, Route
from mira_sidecar.store.side import Row
from mira_sidecar.subjects.example.kept import COUNTED  # type: ignore[import-not-found]
from mira_sidecar.subjects.example.part import ExamplePart  # type: ignore[import-not-found]


class Counted(msgspec.Struct, frozen=True):
    """How far a command counted."""

    id: str
    by: int


def routes(part: ExamplePart) -> Iterator[Route]:
    async def counted(call: Call[Nothing, Nothing]) -> Counted:
        side = await part.shell.side.opened()
        row: Row[int] | None = await side.get(COUNTED, call.path["id"])
        if row is None:
            raise ApiError(404, "NEVER_COUNTED", "No command of this id has counted.")
        return Counted(row.id, row.value)

    yield Route(
        method="GET",
        path="/api/v1/counted/{id}",
        summary="How far a command counted",
        tag="Example",
        capability="example.read",
        answer=Counted,
        refuses=(404,),
        handle=counted,
    )


class Number(msgspec.Struct, frozen=True):
    """One of those that are counted."""

    number: int


def sockets(part: ExamplePart) -> Iterator[SocketRoute]:
    async def count(connection: Connection) -> None:
        for number in range(1, int(await connection.receive()) + 1):
            await connection.send(Number(number))

    yield SocketRoute(
        path="/ws/count",
        description="It counts to what is said.",
        capability="example.read",
        messages=(Number,),
        serve=count,
    )
