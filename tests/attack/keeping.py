"""A mirror that only keeps what is measured, to be killed: takes the address of a broker, and a folder."""

import asyncio
import contextlib
import sys
from pathlib import Path

from mira_sidecar.keeping import side_tables
from mira_sidecar.store.side import SideStore
from mira_sidecar.subjects.windows import recorder
from mira_sidecar.subjects.windows.broker_address import BrokerAddress
from mira_sidecar.subjects.windows.core.rooms import Air, SensorReading
from mira_sidecar.subjects.windows.mqtt import Broker, Message
from mira_sidecar.subjects.windows.recorder import Recorder
from tests.sidecar.subjects.windows.at_the_broker import Noticeboard, until
from tests.sidecar.subjects.windows.store import NOON_MS, Disk


async def main(address: str, folder: Path) -> None:
    """Keep what comes until killed, and say when the broker is there. It is always noon: no minute ends."""
    recorder._EVERY_S = 0.05
    air = Air()
    air.place({"shelf": "bath"})
    side = await SideStore.open(folder / "mira.db.side", side_tables(), "server")
    async with contextlib.aclosing(side):

        def hear(message: Message) -> None:
            for said in air.hear(message.topic, message.payload, NOON_MS, retained=message.retained):
                if isinstance(said, SensorReading):
                    keeping.add(said)
            keeping.message()

        broker = Broker(
            *(BrokerAddress.of(address, None, None), "hall", hear, Noticeboard()),
            now_ms=lambda: NOON_MS,
            topics=["sensor/+/+"],
            at_once=False,
        )
        keeping = Recorder(Disk(side), air.devices, lambda: NOON_MS, broker.acknowledge)
        tasks = [asyncio.create_task(work()) for work in (broker.run, keeping.run)]
        await until(lambda: broker.connected)
        print("there", flush=True)  # noqa: T201 - to who started it
        await asyncio.gather(*tasks)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
