"""Tells the house by multicast DNS where the mirror is, so that Home Assistant finds it (`_mira._tcp.local.`)."""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address

import ifaddr
import structlog
from zeroconf import InterfaceChoice
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from mira_sidecar.protocol import PROTOCOL_VERSION
from mira_sidecar.transport.connection import Address

log = structlog.get_logger()

SERVICE = "_mira._tcp.local."
_SHOWN_NAME = 60
"""Characters, of which each may take four of the 255 bytes that an entry may have."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What is said: all that somebody needs to find the mirror, and nothing that lets him in."""

    server_id: str
    mirror: str
    name: str
    version: str
    redis: Address

    async def service(self) -> AsyncServiceInfo:
        """As multicast DNS has it. Raises OSError where the address of Redis cannot be found out."""
        return AsyncServiceInfo(
            SERVICE,
            f"mira-{self.server_id[:8]}.{SERVICE}",
            parsed_addresses=await _addresses(self.redis),
            port=self.redis.port,
            server=f"mira-{self.server_id[:8]}.local.",
            properties={
                "server_id": self.server_id,
                "mirror": self.mirror,
                "name": self.name[:_SHOWN_NAME],
                "version": self.version,
                "protocol": str(PROTOCOL_VERSION),
                "tls": str(int(self.redis.tls)),
            },
        )


async def announce(announced: Announced, *, interfaces: list[str] | None = None) -> None:
    """Announce the mirror until cancelled; where that is not possible here, say so once."""
    try:
        service = await announced.service()
        zeroconf = AsyncZeroconf(interfaces=interfaces or InterfaceChoice.Default)
    except OSError as error:
        log.warning("the mirror cannot be announced; enter its address in Home Assistant", why=str(error))
        return
    try:
        await (await zeroconf.async_register_service(service, allow_name_change=True))
        await asyncio.Event().wait()
    finally:
        await zeroconf.async_close()


async def _addresses(redis: Address) -> list[str]:
    """Where Redis is for others: on this machine, all of its addresses."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(redis.host, redis.port, type=socket.SOCK_STREAM)
    addresses = [str(place[0]) for *_, place in found]
    if not all(ip_address(address).is_loopback for address in addresses):
        return addresses
    own = (ip_address(str(ip.ip)) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4)
    return [*(str(ip) for ip in own if not (ip.is_loopback or ip.is_link_local)), *addresses]
