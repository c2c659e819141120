"""What differs between the two clients: waiting, working in parallel, and methods' types.

The folder `_sync` is made from `_async`, all but this module, which is written for each.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from tantieme_client.calls import Call, Page

if TYPE_CHECKING:
    from tantieme_client._sync.client import Tantieme

P = ParamSpec("P")
T = TypeVar("T")

sleep = time.sleep


class Resource:
    """Some of the API's operations, as an attribute of a client."""

    def __init__(self, client: "Tantieme") -> None:
        self._client = client


def blocking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run what works on files."""
    return function(*args, **kwargs)


def in_parallel(function: Callable[[T], None], items: Iterable[T], at_once: int) -> None:
    """Call the function for each item, so many at once; the first error ends all."""
    with ThreadPoolExecutor(at_once) as pool:
        running = [pool.submit(function, item) for item in items]
        try:
            for each in running:
                each.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def one(operation: Callable[P, Call[T]]) -> Callable[Concatenate[Resource, P], T]:
    """A method that sends what an operation makes and returns what is answered."""

    @wraps(operation)
    def method(self: Resource, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._client.send(operation(*args, **kwargs))

    return method


def every(
    operation: Callable[P, Call[Page[T]]],
) -> Callable[Concatenate[Resource, P], Iterator[T]]:
    """A method that yields all rows of a list, page by page as they are asked for."""

    @wraps(operation)
    def method(self: Resource, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return self._client.every(operation(*args, **kwargs))

    return method
