"""Why an invoice, a receipt or a match cannot be written."""


class ReceivableError(Exception):
    """What cannot be done with money that comes in, and what to do instead."""
