"""The README's quick start, as it stands there, against a real server and a real worker."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from config.embedded.places import places
from config.embedded.web import running_web
from config.embedded.worker import running_worker
from config.environment import BASE_DIR
from tests.api.conftest import employ
from tests.attribution.conftest import World, built_world, module_broker  # noqa: F401 fixtures
from tests.royalty.cast import sign

pytestmark = pytest.mark.slow
README = (BASE_DIR / "README.md").read_text(encoding="utf-8")
ORGANISATION = "Cadenza"
SECONDS = 120


def quick_start() -> str:
    found = re.search(r"<!-- quick-start -->\n```sh\n(.*?)```\n<!-- /quick-start -->", README, re.S)
    assert found is not None
    return found[1]


@pytest.fixture
def served(built_world: World, broker_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:  # noqa: F811
    """The small trained world behind gunicorn, with a worker; yields the shell's environment."""
    platform = built_world.model_version.platform
    employ(platform)
    sign(platform)
    name = connections["default"].settings_dict["NAME"]
    connections["default"].close()
    environment = {
        "DATABASE_URL": places().url("tantieme_app", name),
        "DATABASE_OWNER_URL": places().url("tantieme_owner", name),
        "CELERY_BROKER_URL": broker_url,
        "SECRET_KEY": "of the tests, and long enough to pass for one of fifty characters",
        "TANTIEME_HOME": str(built_world.home),
        "WEB_CONCURRENCY": "1",
    }
    with (
        running_web(tmp_path, extra=environment) as url,
        running_worker(tmp_path, concurrency=1, extra=environment),
    ):
        yield {**os.environ, **environment, "API": f"{url}/api/v1"}


def run(environment: dict[str, str]) -> list[dict]:
    """The documents that the quick start prints."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", quick_start()],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]


def test_it_is_fifteen_lines_at_most():
    assert len([line for line in quick_start().splitlines() if line.strip()]) <= 15


def test_the_quick_start_ends_with_what_shaped_the_piece_and_counts_nothing_twice(served):
    usage, revenue, attribution = run(served)
    assert (usage["new"], revenue["new"]) == (1, 1)
    assert attribution["status"] == "attributed"
    shares = sum(share["share_ppb"] for share in attribution["shares"])
    assert shares + attribution["unattributed_ppb"] == 1_000_000_000
    usage, revenue, again = run(served)
    assert (usage["new"], revenue["new"]) == (0, 0)
    assert again == attribution
