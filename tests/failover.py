"""Two Redis servers behind one address, of which either may be the primary."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import redis

from house.redis import RedisServer
from tests.network import Network


class Failover:
    """A primary, its replica, and the network whose address leads to the primary."""

    def __init__(self, primary: RedisServer, replica: RedisServer, network: Network) -> None:
        self.primary = primary
        self.replica = replica
        self.network = network
        self.url = f"redis://127.0.0.1:{network.port}/0"

    def happen(self) -> None:
        """The replica becomes the primary; nobody's connection is ended."""
        with asked(self.primary) as before, asked(self.replica) as after:
            after.execute_command("REPLICAOF", "NO", "ONE")
            self.network.lead_to(self.replica.port)
            before.replicaof("127.0.0.1", str(self.replica.port))

    def all_have_moved(self) -> bool:
        """Whether every connection leads to the new primary."""
        return self.network.targets() == {self.replica.port}


@contextmanager
def two_servers(primary: RedisServer, folder: Path, settings: Sequence[str | Path] = ()) -> Iterator[Failover]:
    """A replica of this server, kept in the folder, and the network before both."""
    with RedisServer(folder, settings=settings) as replica, closing(Network(primary.port)) as network:
        with asked(replica) as connection:
            connection.replicaof("127.0.0.1", str(primary.port))
            until(lambda: connection.info("replication")["master_link_status"] == "up")
        yield Failover(primary, replica, network)


@contextmanager
def asked(server: RedisServer) -> Iterator[redis.Redis]:
    """A connection of the owner's."""
    with redis.Redis.from_url(server.url, decode_responses=True) as connection:
        yield connection


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
