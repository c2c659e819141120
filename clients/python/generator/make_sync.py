"""The synchronous client is the asynchronous one without `async` and `await`: write it anew."""

import sys
from pathlib import Path

from unasync import Rule, unasync_files

NAMES = {
    "AsyncTantieme": "Tantieme",
    "AsyncClient": "Client",
    "AsyncBaseTransport": "BaseTransport",
    "_async": "_sync",
    "aclose": "close",
    "aiter_bytes": "iter_bytes",
    "aread": "read",
}

if __name__ == "__main__":
    package = Path(sys.argv[1])
    sources = [str(path) for path in (package / "_async").glob("*.py") if path.name != "running.py"]
    unasync_files(sources, [Rule("/_async/", "/_sync/", additional_replacements=NAMES)])
