"""A job that takes its time at the first attempt, and one that tells what it sees."""

import os
import time

from common.database import tenancy
from common.jobs.registry import handler
from royalty.models import Statement


@handler("slow.work")
def work(payload, progress):
    progress(1, 2, f"pid {os.getpid()}")
    marker = payload.get("first_attempt_marker")
    if marker and not os.path.exists(marker):
        open(marker, "w").close()
        time.sleep(300)
    return {"pid": os.getpid()}


@handler("slow.look")
def look(payload, progress):
    progress(1, 1, "looking")
    parties = Statement.objects.order_by("pk").values_list("party__ref", flat=True)
    return {"tenant": tenancy.current(), "parties": list(parties)}
