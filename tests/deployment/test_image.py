"""The image's recipe, followed by hand: no container engine is needed to see that it would work.

What is copied is copied into an empty folder by the same rules, and what is run on it is run there,
with the image's variables. Only the base image and the installation of packages are taken on
trust.
"""

import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tests.deployment.conftest import free_port
from tests.jobs.test_real_worker import wait_for

ROOT = Path(__file__).resolve().parents[2]
ENGINE_MADE = {"demo", "tests", "benchmarks"}  # what no server needs


@dataclass
class Stage:
    """The instructions of one stage of the Dockerfile, in order."""

    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        return [rest for word, rest in self.instructions if word == name]

    def variables(self) -> dict[str, str]:
        pairs = (pair for line in self.all("ENV") for pair in shlex.split(line))
        return dict(pair.split("=", 1) for pair in pairs)


def stages() -> list[Stage]:
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text())
    found: list[Stage] = []
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if not word or word.startswith("#") or (word == "ARG" and not found):
            continue
        if word == "FROM":
            found.append(Stage(rest))
        else:
            found[-1].instructions.append((word, rest.strip()))
    return found


def let_through(path: str) -> bool:
    """Whether `.dockerignore` lets a path of the repository into the build."""
    verdict = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        rule = line.strip()
        if not rule or rule.startswith("#"):
            continue
        pattern, keep = rule.removeprefix("!"), rule.startswith("!")
        parts = [path, *map(str, Path(path).parents)][:-1]
        patterns = (pattern, pattern.removeprefix("**/"))
        if any(fnmatch.fnmatch(part, each) for part in parts for each in patterns) or (
            pattern.startswith("**/") and fnmatch.fnmatch(Path(path).name, patterns[1])
        ):
            verdict = keep
    return verdict


def copied(stage: Stage) -> list[tuple[str, str]]:
    """(source, target) of what is copied from the repository."""
    found = []
    for line in stage.all("COPY"):
        if "--from" not in line:
            *sources, target = line.split()
            found += [(source, target) for source in sources]
    return found


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """The folder /app of the image and its variables, made by following the last stage."""
    app, data = tmp_path_factory.mktemp("app"), tmp_path_factory.mktemp("data")
    final = stages()[-1]
    for source, target in copied(final):
        _copy(ROOT / source, app / target if target != "./" else app / source)
    variables = {
        name: value.replace("/data", str(data)).replace("/app", str(app))
        for name, value in final.variables().items()
        if name != "PATH"
    }
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **variables}
    for command in final.all("RUN"):
        if "useradd" not in command:  # makes a user of the machine
            subprocess.run(["sh", "-ec", command], cwd=app, env=environment, check=True)
    return app, environment


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        shutil.copy(source, target)
        return
    shutil.copytree(
        source,
        target,
        ignore=lambda folder, names: [
            name for name in names if not let_through(str((Path(folder) / name).relative_to(ROOT)))
        ],
    )


def test_every_package_that_a_server_needs_is_copied_and_let_through():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = settings["tool"]["setuptools"]["packages"]["find"]["include"]
    packages = {pattern.rstrip("*") for pattern in patterns} - ENGINE_MADE
    sources = {source for stage in stages() for source, _ in copied(stage)}
    assert packages | {"static", "templates", "manage.py"} <= sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert let_through(source), f"{source} is copied, and .dockerignore keeps it out"


@pytest.mark.parametrize(
    "path",
    ["var/secret_key", ".env", ".git/config", ".venv/bin/python", "demo/people.py", "tests/x.py"],
)
def test_nothing_private_gets_into_the_build(path):
    assert not let_through(path)
    assert let_through("config/settings/web.py"), "while the code does"


def test_the_last_stage_is_small_unprivileged_and_can_be_watched():
    build, final = stages()
    assert final.all("USER") == ["tantieme"]
    assert final.instructions.index(("USER", "tantieme")) > max(
        final.instructions.index(("RUN", command)) for command in final.all("RUN")
    )
    assert not re.search(r"apt-get|pip install|gcc", " ".join(final.all("RUN")))
    assert final.all("COPY")[0] == "--from=build /opt/venv /opt/venv"
    assert final.all("HEALTHCHECK")
    assert final.all("STOPSIGNAL") == ["SIGTERM"]
    assert final.all("VOLUME") == ["/data"]
    assert not build.all("ADD") + final.all("ADD")
    for stage in (build, final):
        assert ":" in stage.base.split()[0], "a base image without a tag changes under us"


def test_no_secret_stays_in_the_image():
    for stage in stages():
        assert not {"SECRET_KEY", "DATABASE_URL", "METRICS_TOKEN"} & set(stage.variables())
    assert not [line for stage in stages() for line in stage.all("ARG") if "SECRET" in line]


@pytest.mark.slow
def test_what_the_image_holds_serves_pages_and_files(image, own_server, broker_url):
    app, environment = image
    port = free_port()
    running = environment | {
        "DATABASE_URL": own_server["DATABASE_URL"],
        "CELERY_BROKER_URL": broker_url,
        "SECRET_KEY": "q7Vd_0rTzK4mX9bN2sLw8yHc5JfGu3PeRa6iQoBt1ZxWnMvDkE",
        "PORT": str(port),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    owner = running | {"DATABASE_OWNER_URL": own_server["DATABASE_OWNER_URL"]}
    start = [sys.executable, "-m", "config.entrypoint"]
    subprocess.run([*start, "migrate"], cwd=app, env=owner, check=True, capture_output=True)
    before = set(app.rglob("*"))
    process = subprocess.Popen(
        [*start, *_default_command()], cwd=app, env=running, stderr=subprocess.PIPE
    )
    try:
        wait_for(lambda: _probe(start, app, running))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready") as answer:
            assert answer.status == 200
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/") as answer:
            page = answer.read().decode()
        for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                assert "immutable" in answer.headers["Cache-Control"], path
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0, process.communicate()[1]
    assert set(app.rglob("*")) == before, "the image's folder may be read-only"


def _default_command() -> list[str]:
    return [str(part) for part in yaml.safe_load(stages()[-1].all("CMD")[-1])]


def _probe(start: list[str], app: Path, environment: dict[str, str]) -> bool:
    probed = subprocess.run(
        [*start, "probe"], cwd=app, env=environment, capture_output=True, check=False
    )
    return probed.returncode == 0
