"""What goes wrong between the mirror and its MQTT broker."""


class BrokerError(Exception):
    """Why the broker is of no use now: what is wrong, what that means and what to do."""


class LostError(Exception):
    """The connection is over, or the broker hangs."""


class SentAwayError(Exception):
    """The broker has ended the connection, as it does when another client comes with our name."""
