"""Why something is not done for an endpoint; each message is for its owner."""


class EndpointRefused(Exception):
    """An endpoint cannot be set up so; `field` is what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class EndpointOff(Exception):
    """Nothing is sent to an endpoint that is switched off."""

    def __init__(self) -> None:
        super().__init__("The endpoint is switched off; switch it on first.")


class TooManyEndpoints(Exception):
    """The organisation has as many endpoints as may be."""
