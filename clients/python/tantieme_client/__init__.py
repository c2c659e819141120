"""The Python client of Tantieme, for generation platforms.

`Tantieme` and `AsyncTantieme` are the API, with what every integration needs again: retries under
idempotency keys, pages, typed problems. `operations` and `models` are generated from the API's
description; `client.send(operations.retrieve_job(...))` reaches whatever has no method yet.
"""

from tantieme_client import models, operations, problems, webhooks
from tantieme_client._async.client import AsyncTantieme
from tantieme_client._sync.client import Tantieme
from tantieme_client.problems import TantiemeError, TantiemeProblem
from tantieme_client.retrying import Retries
from tantieme_client.version import __version__

__all__ = [
    "AsyncTantieme",
    "Retries",
    "Tantieme",
    "TantiemeError",
    "TantiemeProblem",
    "__version__",
    "models",
    "operations",
    "problems",
    "webhooks",
]
