"""What goes wrong between the mirror and its MQTT broker."""


class BrokerError(Exception):
    """Why the broker is of no use now: what is wrong, what that means and what to do."""


class LostError(Exception):
    """The connection is over, or the broker hangs."""
