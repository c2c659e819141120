"""The contract's stated choices for money that the data alone does not place."""

from dataclasses import dataclass
from typing import Literal, get_args

Fallback = Literal["equal_training_set", "held", "platform"]
IdleRule = Literal["pool", "platform"]


@dataclass(frozen=True)
class Rules:
    """What a contract says where attribution or usage is silent.

    fallback: the unattributed part of a piece's revenue is split equally over the training set,
    held, or returned to the platform. idle_subscribers: the fee of a subscriber who used nothing
    is spread over the others ("pool") or returned ("platform"). The unclaimed part of a track is
    always held: somebody owns it. guarantee_atoms is the least that a period's pool may be, 0
    where nothing is guaranteed. Raises ValueError for a word outside these or a negative amount.
    """

    fallback: Fallback = "equal_training_set"
    idle_subscribers: IdleRule = "pool"
    guarantee_atoms: int = 0

    def __post_init__(self) -> None:
        if self.fallback not in get_args(Fallback):
            raise ValueError(f"fallback is {self.fallback!r}; use one of {get_args(Fallback)}.")
        if self.idle_subscribers not in get_args(IdleRule):
            choices = get_args(IdleRule)
            raise ValueError(
                f"idle_subscribers is {self.idle_subscribers!r}; use one of {choices}."
            )
        if self.guarantee_atoms < 0:
            raise ValueError(
                f"The guarantee is {self.guarantee_atoms} atoms; it is an amount or 0."
            )
