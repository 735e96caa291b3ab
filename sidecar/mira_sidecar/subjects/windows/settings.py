"""What the owner may set of windows."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.subjects.windows.broker_address import BrokerAddress


class WindowsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of windows. Positions are in percent, 0: shut."""

    hold_minutes: Annotated[
        int, Meta(ge=20, le=720, description="minutes that a window is left alone after a hand moved it (120)")
    ] = 120
    hold_automations: Annotated[
        bool, Meta(description="true to keep automations, too, from a window that a hand moved (false)")
    ] = False
    rest_minutes: Annotated[
        int, Meta(ge=0, le=240, description="minutes that a motor rests between two automatic runs (8)")
    ] = 8
    runs_a_day: Annotated[int, Meta(ge=1, le=48, description="automatic runs of a motor in 24 hours (20)")] = 20
    dry_minutes: Annotated[
        int, Meta(ge=0, le=240, description="minutes after rain or storm in which nothing opens by itself (10)")
    ] = 10
    storm_wind: Annotated[
        float, Meta(ge=3, le=40, description="mean wind in m/s from which windows shut; gusts: 1.7 times as much (10)")
    ] = 10.0
    away_most: Annotated[
        int, Meta(ge=0, le=100, description="how far a window may be open while nobody is home, in % (10)")
    ] = 10
    frost_below: Annotated[
        float, Meta(ge=-20, le=15, description="outdoor temperature in °C below which it counts as cold (3)")
    ] = 3.0
    frost_most: Annotated[int, Meta(ge=0, le=100, description="how far a window opens in the cold, in % (50)")] = 50
    frost_minutes: Annotated[
        int, Meta(ge=1, le=720, description="minutes that it stays so in the cold, unless a hand opened it (20)")
    ] = 20
    frost_steady: Annotated[
        int, Meta(ge=0, le=100, description="how far it may stay open in the cold without an end, in % (25)")
    ] = 25
    plan_minutes: Annotated[
        int, Meta(ge=1, le=60, description="minutes after which it is planned anew how far windows are open (5)")
    ] = 5
    stale_s: Annotated[
        int, Meta(ge=30, le=86_400, description="seconds from which on readings are too old to open by (900)")
    ] = 900
    keep_days: Annotated[
        int, Meta(ge=1, le=400, description="days that the means of each minute are kept of readings (30)")
    ] = 30
    mode: Annotated[
        Literal["comfort", "balanced", "saving"],
        Meta(description="what a trained model goes for: comfort, balanced or saving (balanced)"),
    ] = "balanced"
    min_confidence: Annotated[
        float, Meta(ge=0, le=1, description="0 to 1, below it nothing opens by itself (0.45)")
    ] = 0.45
    broker: Annotated[
        str | None, Meta(description="MQTT broker, mqtt:// or mqtts:// URL with the user, if there is one (no MQTT)")
    ] = None
    broker_password_file: Annotated[
        Path | None, Meta(description="file with the password of the MQTT broker (no password)")
    ] = None
    broker_ca_file: Annotated[
        Path | None, Meta(description="file of the certificates that an mqtts broker's is checked by (this machine's)")
    ] = None

    def __post_init__(self) -> None:
        """Raise ValueError where `broker` is no address of a broker."""
        _ = self.broker_address

    @property
    def broker_address(self) -> BrokerAddress | None:
        """Where the broker is; None: there is to be no MQTT."""
        if self.broker is None:
            return None
        return BrokerAddress.of(self.broker, self.broker_password_file, self.broker_ca_file)

    @property
    def saving(self) -> float:
        """The mode as a model takes it: 0 comfort, 1 saving."""
        return {"comfort": 0.0, "balanced": 0.5, "saving": 1.0}[self.mode]


SETTINGS = WindowsSettings
