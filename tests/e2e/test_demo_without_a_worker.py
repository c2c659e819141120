"""A demo whose worker has died says so instead of waiting for ever."""

import io
import subprocess
import sys

import psutil
import pytest
from rich.console import Console

from common.database import tenancy
from common.jobs.models import Job
from demo.show import DemoFailed, Show


@pytest.mark.django_db
@pytest.mark.timeout(20)
@pytest.mark.parametrize("waiting", ["wait", "wait_for_many"])
def test_a_worker_that_ended_ends_the_demo(waiting):
    ended = subprocess.Popen([sys.executable, "-c", "pass"], stdout=subprocess.PIPE)
    assert ended.stdout is not None
    ended.stdout.read()  # it has ended, and nobody has asked for its exit status
    show = Show(Console(file=io.StringIO()), psutil.Process(ended.pid))
    job = Job.objects.create(kind="royalty.render_statement", tenant=tenancy.SYSTEM)
    with pytest.raises(DemoFailed, match=r"worker\.log"):
        show.wait([job]) if waiting == "wait" else show.wait_for_many([job], "statements")
    ended.wait()
