"""What can be wrong with what a backend sends or says."""

from app.core.errors import OperatorError


class BadMessage(ValueError):
    """A message could not be understood; the text is one short sentence without its content.

    The only error that leaves ``Adapter.read``. Counted a source, logged now and then.
    """


class BackendTrouble(OperatorError):
    """A backend's own interface does not answer as it should; a sentence for the operator."""
