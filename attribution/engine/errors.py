"""The engine's errors. Every message is a sentence that says what was wrong and what to do."""


class EngineError(Exception):
    """Any refusal of the attribution engine."""


class IncompleteGradients(EngineError):
    """Per-sample gradients do not agree with autograd, so a feature would miss influence."""


class BadGradients(EngineError):
    """A gradient or an output is not a finite number, or has the wrong shape."""


class MismatchedCurvature(EngineError):
    """A curvature was estimated for other parameters than those of the model."""


class NotEnoughMemory(EngineError):
    """A batch, or the rows of a shard, do not fit in the memory that is free."""


class StoreError(EngineError):
    """A feature store cannot be used as asked."""


class ForeignStore(StoreError):
    """A store belongs to another checkpoint, training set, configuration or code."""


class DamagedStore(StoreError):
    """Files of a store are torn, altered or missing; the message names them."""


class UnfinishedStore(StoreError):
    """A store lacks shards, or has not been sealed."""


class BadScores(EngineError):
    """A score matrix or its description cannot be turned into shares."""
