"""Why an operation was not carried out."""


class OperationError(Exception):
    """What was asked for cannot be done; the text says why, and what to do."""
