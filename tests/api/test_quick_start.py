"""The README's quick start and the client's example, as they stand there, against a real server
and a real worker."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import connections

from accounts.models import Organisation, Scope
from accounts.services.keys import create_key
from config.embedded.places import places
from config.embedded.web import running_web
from config.embedded.worker import running_worker
from config.environment import BASE_DIR
from royalty.models import UsageEvent
from tests.api.conftest import employ
from tests.attribution.conftest import World, built_world, module_broker  # noqa: F401 fixtures
from tests.royalty.cast import sign

pytestmark = pytest.mark.slow
README = (BASE_DIR / "README.md").read_text(encoding="utf-8")
GENERATOR_LOOP = BASE_DIR / "clients" / "python" / "examples" / "generator_loop.py"
ORGANISATION = "Cadenza"
SECONDS = 120


def quick_start() -> str:
    found = re.search(r"<!-- quick-start -->\n```sh\n(.*?)```\n<!-- /quick-start -->", README, re.S)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def served(
    built_world: World,  # noqa: F811
    broker_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, str]]:
    """The small trained world behind gunicorn, with a worker; yields the shell's environment."""
    home = tmp_path_factory.mktemp("served")
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
        running_web(home, extra=environment) as url,
        running_worker(home, concurrency=1, extra=environment),
    ):
        yield {**os.environ, **environment, "API": f"{url}/api/v1", "TANTIEME_URL": url}


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


def test_the_client_integrates_a_generator_loop_in_thirty_lines(served):
    assert len(GENERATOR_LOOP.read_text(encoding="utf-8").splitlines()) <= 30
    issued = create_key(
        organisation=Organisation.objects.get(name=ORGANISATION), name="loop", scopes=list(Scope)
    )
    done = subprocess.run(
        [sys.executable, GENERATOR_LOOP],
        env={**served, "TANTIEME_API_KEY": issued.text},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all(re.fullmatch(r"piece-\S+ \{.*\} unattributed [0-9.]+", line) for line in lines)
    assert UsageEvent.objects.filter(event_id__startswith="use-of-piece-").count() == 2
