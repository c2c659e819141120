"""In which tone a state is said, the same on every page: well, with caution, or badly.

By the value that is kept in the database. What is not named here is neither good nor bad.
"""

WELL, CAUTION, BAD = "attributed", "caution", "bad"

_STATES = {
    WELL: (
        *("accepted", "attributed", "closed", "delivered", "done", "finished", "mended", "paid"),
        *("sealed", "settled", "taken", "upheld"),
    ),
    CAUTION: (
        *("approved", "checked", "computed", "contested", "draft", "exported", "held back"),
        *("quarantined", "reviewed", "sent", "verifying", "warning"),
    ),
    BAD: (
        *("blocked", "blocking", "error", "failed", "refused", "rejected", "returned"),
        *("suspended",),
    ),
}
TONES = {state: tone for tone, states in _STATES.items() for state in states}
