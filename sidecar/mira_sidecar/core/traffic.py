"""How many commands each sender has sent lately: a bucket of tokens for each of its sources, refilled with time."""

from collections.abc import Mapping
from dataclasses import dataclass

from mira_sidecar.core.decision import Rate, Refusal, Rules
from mira_sidecar.protocol import Command, Sender

RATE_LIMITED = Refusal("rate_limited", "rate")
_PIN_RATE = Rate(1, 10)
"""Of commands with a PIN, for each sender, whatever the settings say: a second of hashing at the most, then one in
twenty."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What may still be sent."""

    tokens: float
    at_ms: int
    """When that was reckoned."""


type Traffic = Mapping[str, Bucket]
"""By sender and source. Not part of the log: after a restart every bucket is full."""


def admit(
    traffic: Traffic, sender: Sender | None, command: Command, rules: Rules, now_ms: int, *, has_pin: bool
) -> tuple[Traffic, bool]:
    """Count one more command of this sender; the traffic then, and whether the command is within the rates."""
    if sender is None:
        return traffic, True
    rate, key = rules.rates.get(command.source), f"{sender}/{command.source}"
    admitted = True
    if rate is not None:
        traffic, admitted = spend(traffic, key, rate, now_ms)
    if admitted and has_pin:
        traffic, admitted = spend(traffic, f"{sender}/pin", _PIN_RATE, now_ms)
    return traffic, admitted


def spend(traffic: Traffic, key: str, rate: Rate, now_ms: int) -> tuple[Traffic, bool]:
    """Take one token out of a bucket; the traffic then, and whether there was one."""
    bucket = traffic.get(key, Bucket(rate.burst, now_ms))
    # A clock that was set back must not keep a bucket empty until it has caught up.
    passed_s = max(now_ms - bucket.at_ms, 0) / 1000
    tokens = min(rate.burst, bucket.tokens + passed_s * rate.a_second)
    left = tokens - 1 if tokens >= 1 else tokens
    return {**traffic, key: Bucket(left, now_ms)}, tokens >= 1
