"""Why a payout cannot go on."""


class PayoutError(Exception):
    """What cannot be done with a batch or a payout, and what to do instead."""
