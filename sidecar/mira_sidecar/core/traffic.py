"""How many commands each source has sent lately: a bucket of tokens for each, refilled with time."""

from collections.abc import Mapping
from dataclasses import dataclass

from mira_sidecar.core.decision import Rate, Refusal

RATE_LIMITED = Refusal("rate_limited", "rate", "This source sends too many commands; try again in a moment.")


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a source may still send."""

    tokens: float
    at_ms: int
    """When that was reckoned."""


type Traffic = Mapping[str, Bucket]
"""By source. Not part of the log: after a restart every bucket is full."""


def spend(traffic: Traffic, source: str, rate: Rate | None, now_ms: int) -> Traffic | None:
    """The traffic after one more command; None where the source has none left."""
    if rate is None:
        return traffic
    bucket = traffic.get(source, Bucket(rate.burst, now_ms))
    passed_s = max(now_ms - bucket.at_ms, 0) / 1000
    tokens = min(rate.burst, bucket.tokens + passed_s * rate.a_second)
    return {**traffic, source: Bucket(tokens - 1, now_ms)} if tokens >= 1 else None
