"""Addresses, wherever they are shown, show nothing that lets anybody in."""

import pytest

from mira_sidecar.address import UNREADABLE, place_of, with_password


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("redis://:secret@redis.lan", "redis://redis.lan"),
        ("rediss://secret:secret@redis.lan:6380/1?password=secret#secret", "rediss://redis.lan:6380/1"),
        ("redis://redis.lan/secret", "redis://redis.lan"),
        ("redis://[2001:db8::1]:6379/0", "redis://[2001:db8::1]:6379/0"),
        ("unix://secret:secret@/run/redis.sock?password=secret", "unix:///run/redis.sock"),
        ("rtsp://user:secret@hall.local:8554/live?token=secret", "rtsp://hall.local:8554"),
        ("rtsps://hall.local:7441/secret?enableSrtp", "rtsps://hall.local:7441"),
        ("http://hall.local/stream?password=secret", "http://hall.local"),
        ("HTTP://Hall.local:0/#secret", "http://hall.local:0"),
        ("http://sec%40ret:sec%2Fret@hall.local/", "http://hall.local"),
        ("/dev/video0", "/dev/video0"),
        ("/home/mira/hands?#@:.mp4", "/home/mira/hands?#@:.mp4"),
        ("hands.mp4", "hands.mp4"),
    ],
)
def test_an_address_is_shown_without_what_lets_anybody_in(address: str, place: str) -> None:
    assert place_of(address) == place


@pytest.mark.parametrize(
    "address",
    [
        "http://user:secret@hall.local:camera/",
        "http://user:sec/ret@hall.local/",
        "redis://user:12/secret@redis.lan",
        "redis://user:12?secret@redis.lan",
        "redis://user:12#secret@redis.lan",
        "redis://:12/secret@redis.lan",
        "http://user:sec://ret@hall.local/a",
        "user:secret@redis.lan:6379",
        "//user:secret@redis.lan",
        "redis:secret",
        "http://[secret",
    ],
)
def test_of_an_address_that_cannot_be_read_for_certain_nothing_is_shown(address: str) -> None:
    assert place_of(address) == UNREADABLE


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("redis://redis.lan:6379/0", "redis://:p%40s%2Fs%3A@redis.lan:6379/0"),
        ("rediss://anna@redis.lan?db=1", "rediss://anna:p%40s%2Fs%3A@redis.lan?db=1"),
        ("unix:///run/redis.sock", "unix://:p%40s%2Fs%3A@/run/redis.sock"),
    ],
)
def test_a_password_with_any_character_fits_into_an_address(address: str, whole: str) -> None:
    assert with_password(address, "p@s/s:") == whole
