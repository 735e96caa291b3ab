"""What the API loads; in a process of its own, for this one has loaded all of it."""

import subprocess
import sys

_PROGRAM = """
import sys
from mira_sidecar.api.piecemeal import import_piecemeal
import_piecemeal("aiohttp")
import mira_sidecar.api.server
print([name for name in ("aiohttp.client", "aiohttp.web_app", "cryptography.hazmat", "jwt") if name in sys.modules])
from aiohttp import ClientSession, __version__, hdrs, web
import aiohttp
print(ClientSession.__module__, web.Application.__module__, hdrs.HOST, aiohttp.ClientSession is ClientSession)
try:
    aiohttp.nothing
except AttributeError as error:
    print(error)
"""


def test_the_api_loads_no_client_and_whoever_asks_for_one_gets_it() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == [
        "[]",
        "aiohttp.client aiohttp.web_app Host True",
        "module aiohttp has no attribute nothing",
    ]
