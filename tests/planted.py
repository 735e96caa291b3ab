"""Secrets that tests plant and then look for: so long that no time, count or id holds them by chance."""

from typing import Final

PIN: Final = "271828182845"
OTHER_PIN: Final = "314159265358"
