"""A job that tells who does it, and takes its time at the first attempt."""

import os
import time

from common.jobs.registry import handler


@handler("slow.work")
def work(payload, progress):
    progress(1, 2, f"pid {os.getpid()}")
    marker = payload.get("first_attempt_marker")
    if marker and not os.path.exists(marker):
        open(marker, "w").close()
        time.sleep(300)
    return {"pid": os.getpid()}
