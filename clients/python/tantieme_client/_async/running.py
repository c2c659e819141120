"""What differs between the two clients: waiting, working in parallel, and methods' types.

The folder `_sync` is made from `_async`, all but this module, which is written for each.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from tantieme_client.calls import Call, Page

if TYPE_CHECKING:
    from tantieme_client._async.client import AsyncTantieme

P = ParamSpec("P")
T = TypeVar("T")

sleep = asyncio.sleep


class Resource:
    """Some of the API's operations, as an attribute of a client."""

    def __init__(self, client: "AsyncTantieme") -> None:
        self._client = client


async def blocking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run what works on files, without holding up others."""
    return await asyncio.to_thread(function, *args, **kwargs)


async def in_parallel(
    function: Callable[[T], Awaitable[None]], items: Iterable[T], at_once: int
) -> None:
    """Call the function for each item, so many at once; the first error ends all."""
    free = asyncio.Semaphore(at_once)

    async def one_of_them(item: T) -> None:
        async with free:
            await function(item)

    tasks = [asyncio.create_task(one_of_them(item)) for item in items]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


def one(
    operation: Callable[P, Call[T]],
) -> Callable[Concatenate[Resource, P], Coroutine[Any, Any, T]]:
    """A method that sends what an operation makes and returns what is answered."""

    @wraps(operation)
    async def method(self: Resource, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._client.send(operation(*args, **kwargs))

    return method


def every(
    operation: Callable[P, Call[Page[T]]],
) -> Callable[Concatenate[Resource, P], AsyncIterator[T]]:
    """A method that yields all rows of a list, page by page as they are asked for."""

    @wraps(operation)
    def method(self: Resource, /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        return self._client.every(operation(*args, **kwargs))

    return method
