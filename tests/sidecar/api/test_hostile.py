"""Whoever speaks no proper HTTP to the API: they are sent away, nothing of it is a fault, and all others are served."""

import asyncio
import contextlib
import json
import re
from urllib.parse import urlsplit

from tests.sidecar.api.served import Served

_HOST = b"Host: mirror\r\n"
_COMMAND = b'{"action":"next_page"}'
_ASK = b"GET /health HTTP/1.1\r\n" + _HOST + b"\r\n"


def post(headers: bytes, body: bytes = b"", path: bytes = b"/api/v1/command") -> bytes:
    return b"POST " + path + b" HTTP/1.1\r\n" + _HOST + b"X-API-Key: KEY\r\n" + headers + b"\r\n" + body


def whole(body: bytes, headers: bytes = b"", path: bytes = b"/api/v1/command") -> bytes:
    return post(headers + b"Content-Length: %d\r\n" % len(body), body, path)


def get(path: bytes, headers: bytes = b"") -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\n" + _HOST + headers + b"\r\n"


def form(part: bytes, text: bytes = b"2580", rest: bytes = b"\r\n--b--\r\n") -> bytes:
    body = b"--b\r\n" + part + b"\r\n\r\n" + text + rest
    return whole(body, b"Content-Type: multipart/form-data; boundary=b\r\n", b"/auth/pin")


_PART = b'Content-Disposition: form-data; name="pin"'
_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_GZIP = b"Content-Encoding: gzip\r\n"
HOSTILE = {
    "nothing": b"",
    "zeros": bytes(4_096),
    "no HTTP at all": b"\xff" * 4_096 + b"\r\n\r\n",
    "HTTP/0.9": b"GET /health\r\n\r\n",
    "HTTP/1.0 without a host": b"GET /health HTTP/1.0\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/9.9": b"GET /health HTTP/9.9\r\n\r\n",
    "a greeting of TLS": bytes.fromhex("16030100c8010000c40303") + b"\x11" * 196,
    "a line that never ends": b"GET /" + b"a" * 2_000_000,
    "a long address": get(b"/" + b"a" * 100_000),
    "a long query": get(b"/api/v1/events?limit=" + b"1" * 8_000),
    "a header of 1 MB": get(b"/health", b"X-Long: " + b"a" * 1_000_000 + b"\r\n"),
    "10,000 headers": get(b"/health", b"".join(b"X-%d: a\r\n" % n for n in range(10_000))),
    "a header without a name": get(b"/health", b": a\r\n"),
    "a header that is continued": get(b"/health", b"X-A: a\r\n b\r\n"),
    "NUL in the address": get(b"/health\x00"),
    "NUL in a header": get(b"/health", b"X-A: a\x00b\r\n"),
    "NUL as the key": get(b"/api/v1/state", b"X-API-Key: \x00\r\n"),
    "no text as the key": get(b"/api/v1/state", b"X-API-Key: \xff\xfe\r\n"),
    "no text as the token": get(b"/api/v1/state", b"Authorization: Bearer \xff.\xff.\xff\r\n"),
    "a token of nothing": get(b"/api/v1/state", b"Authorization: Bearer e30.e30.e30\r\n"),
    "a token that nests": get(b"/api/v1/state", b"Authorization: Bearer " + b"W1tb" * 400 + b".e30.e30\r\n"),
    "an encoded slash": get(b"/api%2fv1%2Fstate"),
    "encoded dots": get(b"/pages/%2e%2e/%2e%2e/etc/passwd"),
    "encoded nonsense": get(b"/%ff%fe%zz%"),
    "dots": get(b"/../../../etc/passwd"),
    "another's address": get(b"http://elsewhere.example/health"),
    "an address that is none": get(b"http://[::1/health"),
    "a port that is none": get(b"http://a:99999999/health"),
    "a question mark, a hash": get(b"/health?#?%00"),
    "no path": get(b"*"),
    "CONNECT": b"CONNECT elsewhere.example:443 HTTP/1.1\r\n" + _HOST + b"\r\n",
    "a method that nobody knows": b"BREW /health HTTP/1.1\r\n" + _HOST + b"\r\n",
    "a method of 10,000 letters": b"A" * 10_000 + b" /health HTTP/1.1\r\n" + _HOST + b"\r\n",
    "Content-Length twice": post(b"Content-Length: 22\r\nContent-Length: 3\r\n", _COMMAND),
    "Content-Length below zero": post(b"Content-Length: -1\r\n", _COMMAND),
    "Content-Length in words": post(b"Content-Length: two\r\n", _COMMAND),
    "Content-Length beyond all": post(b"Content-Length: " + b"9" * 400 + b"\r\n", _COMMAND),
    "Content-Length and chunks": post(b"Content-Length: 22\r\n" + _CHUNKED, b"0\r\n\r\n" + _ASK),
    "chunks within chunks": post(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"),
    "a chunk of no size": post(_CHUNKED, b"zz\r\n" + _COMMAND + b"\r\n0\r\n\r\n"),
    "a chunk below zero": post(_CHUNKED, b"-5\r\n" + _COMMAND + b"\r\n0\r\n\r\n"),
    "a chunk of all sizes": post(_CHUNKED, b"f" * 40 + b"\r\n" + _COMMAND),
    "a chunk that is longer than it says": post(_CHUNKED, b"3\r\n" + _COMMAND + b"\r\n0\r\n\r\n"),
    "a chunk with 1 MB of remarks": post(_CHUNKED, b"16;" + b"a" * 1_000_000 + b"\r\n" + _COMMAND),
    "more than a body may be": whole(b"a" * 1_000_000),
    "more than chunks may be": post(_CHUNKED, b"10000\r\n" + b"a" * 0x10000 + b"\r\n" * 1 + b"1\r\na\r\n0\r\n\r\n"),
    "a body that is no gzip": whole(_COMMAND, _GZIP),
    "a body of an unknown encoding": whole(_COMMAND, b"Content-Encoding: klingon\r\n"),
    "JSON that nests": whole(b"[" * 60_000),
    "JSON that is no text": whole(b'"\xff"\n'),
    "a payload that nests": whole(b'{"action":"add_todo","payload":{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}}"),
    "a payload that nests a little less": whole(b'{"action":"ask","payload":{"a":' + b"[" * 900 + b"]" * 900 + b"}}"),
    "a surrogate": whole(b'{"action":"add_todo","payload":{"summary":"\\ud800"}}'),
    "a number beyond all": whole(b'{"action":"next_page","confidence":1e99999999}'),
    "a form without a boundary": whole(b"a", b"Content-Type: multipart/form-data\r\n", b"/auth/pin"),
    "a form that ends early": form(_PART, rest=b""),
    "a form of an unknown charset": form(_PART + b"\r\nContent-Type: text/plain; charset=klingon"),
    "a form of an unknown encoding": form(_PART + b"\r\nContent-Encoding: klingon"),
    "a form of an unknown transfer": form(_PART + b"\r\nContent-Transfer-Encoding: klingon"),
    "a form that is no gzip": form(_PART + b"\r\nContent-Encoding: gzip"),
    "a form that is no base64": form(_PART + b"\r\nContent-Transfer-Encoding: base64", b"\xff="),
    "a form in a form": form(_PART + b"\r\nContent-Type: multipart/mixed; boundary=c"),
    "a form without a name": form(b"Content-Disposition: form-data"),
    "a form with a control character": form(b'Content-Disposition: form-data; name="\x1e"'),
    "a form with a length that is none": form(_PART + b"\r\nContent-Length: two"),
    "a file as the PIN": form(_PART + b'; filename="/etc/passwd"'),
    "1,000 fields": whole(b"a=1&" * 1_000, b"Content-Type: application/x-www-form-urlencoded\r\n", b"/auth/pin"),
    "a WebSocket of another version": get(
        b"/ws/state", b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99\r\n"
    ),
    "a WebSocket without its key": get(
        b"/ws/state", b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    ),
    "an upgrade to what is not there": get(b"/health", b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"),
    "an expectation": whole(_COMMAND, b"Expect: the-unexpected\r\n"),
    "1,000 requests at once": _ASK * 1_000,
    "a request, and nonsense": _ASK + b"\x00\x00\x00\r\n\r\n",
}


async def answered(api: Served, sent: bytes) -> bytes:
    """All that comes back while nothing more is sent, until the mirror hangs up or has nothing more to say."""
    place = urlsplit(api.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    said = b""
    with contextlib.suppress(OSError, TimeoutError):  # whoever is sent away in the midst of it
        writer.write(sent.replace(b"KEY", api.key.encode()))
        await writer.drain()
        while part := await asyncio.wait_for(reader.read(65_536), 2):
            said += part
    writer.transport.abort()
    return said


def statuses(said: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", said)]


async def test_who_speaks_no_proper_http_is_sent_away_and_all_others_are_served(api: Served) -> None:
    log = api.mirror.sidecar.process.log
    before = log.stat().st_size
    said = await asyncio.gather(*(answered(api, sent) for sent in HOSTILE.values()))
    found = {kind: statuses(one) for kind, one in zip(HOSTILE, said, strict=True)}
    assert {kind: seen for kind, seen in found.items() if [one for one in seen if one >= 500 and one != 503]} == {}
    assert (found["a form with a control character"], found["a body that is no gzip"]) == ([400], [400])
    assert found["1,000 requests at once"] == [200] * 1_000
    # Of the few that are commands, there is what became of them, and nothing of the others.
    with log.open() as lines:
        lines.seek(before)
        assert {json.loads(line)["event"] for line in lines} <= {"accepted", "rejected"}
    assert statuses(await answered(api, _ASK + get(b"/nowhere") + _ASK)) == [200, 404, 200]
