"""What could keep the mirror from its MQTT broker, for `mira-sidecar doctor`."""

import asyncio
import time
from collections.abc import AsyncIterator

from mira_sidecar.operations.findings import Finding
from mira_sidecar.private import is_shared
from mira_sidecar.subjects.windows.broker_address import BrokerAddress
from mira_sidecar.subjects.windows.mqtt import client_id, not_installed
from mira_sidecar.subjects.windows.mqtt_errors import BrokerError, LostError

_DELIVERED_S = 2.0


async def findings(address: BrokerAddress | None, mirror: str) -> AsyncIterator[Finding]:
    """Whether it lets the mirror in, and delivers what that sends; a sidecar that runs is not disturbed."""
    if address is None:
        yield Finding("MQTT", True, "no broker is configured; set `windows_broker` for sensors and windows on MQTT")
        return
    if why := not_installed():
        yield Finding("MQTT", False, why)
        return
    file = address.password_file
    if file and address.user is None:
        text = "`windows_broker_password_file` is set, and `windows_broker` names no user. Put it before the host"
        yield Finding("MQTT", False, f"{text}: {'mqtts' if address.tls else 'mqtt'}://mira@{address.host}.")
    if file and is_shared(file):
        yield Finding("MQTT", False, f"Other users may read {file}, with the password. Run `chmod go= {file}`.")
    if address.ca_file and not address.tls:
        text = (
            "`windows_broker_ca_file` is set, and `windows_broker` does not encrypt. Write mqtts://, or leave it out."
        )
        yield Finding("MQTT", False, text)
    yield await _tried(address, mirror)


async def _tried(address: BrokerAddress, mirror: str) -> Finding:
    from mira_sidecar.subjects.windows.mqtt_connection import connected  # noqa: PLC0415 - it is not installed with all

    topic, came = f"mira/{mirror}/doctor", asyncio.Event()
    try:
        async with connected(address, f"{client_id(mirror)}-doctor", lambda _: came.set()) as connection:
            await connection.follow((), with_own=topic)
            sent = time.monotonic()
            await connection.publish(topic, b"hello")
            async with asyncio.timeout(_DELIVERED_S):
                await came.wait()
            took_ms = (time.monotonic() - sent) * 1_000
    except BrokerError as error:
        return Finding("MQTT", False, str(error))
    except TimeoutError:
        text = f"{address} lets {_who(address)} in, and does not deliver what was sent to `{topic}`."
        return Finding(
            "MQTT", False, f"{text} Allow that user to write and read `mira/#`, in the broker's access list."
        )
    except LostError:
        return Finding("MQTT", False, f"{address} lets {_who(address)} in, and ends the connection. Its log says why.")
    open_way = "" if address.tls else "; the way there is not encrypted"
    return Finding("MQTT", True, f"{address} lets {_who(address)} in, and delivers in {took_ms:.1f} ms{open_way}")


def _who(address: BrokerAddress) -> str:
    return f"`{address.user}`" if address.user else "everybody"
