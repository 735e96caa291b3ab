"""Why a model is not used."""


class ModelError(Exception):
    """A file that is no model that Mira can use; the text says why, and what to do."""
