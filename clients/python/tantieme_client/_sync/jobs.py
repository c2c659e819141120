"""Work that goes on after a request was answered."""

from collections.abc import Callable
from uuid import UUID

from tantieme_client import operations
from tantieme_client._sync.running import Resource, every, sleep
from tantieme_client.models import Job
from tantieme_client.problems import JobFailed
from tantieme_client.waiting import Deadline


class Jobs(Resource):
    """`client.jobs`. A job is named by its id, or by its address as other documents give it."""

    list = every(operations.list_jobs)

    def retrieve(self, job: UUID | str) -> Job:
        """How far a job is."""
        pk = UUID(str(job).rpartition("/")[2])
        return self._client.send(operations.retrieve_job(pk))

    def wait(
        self,
        job: UUID | str,
        *,
        timeout_seconds: float = 3600.0,
        on_progress: Callable[[Job], None] | None = None,
    ) -> Job:
        """A job, once it is done; `on_progress` sees it each time that it is looked at.

        Raises:
            JobFailed: it ended without its result.
            WaitedTooLong: it is still working.
        """
        deadline = Deadline(timeout_seconds, f"The result of the job {job}")
        while True:
            found = self.retrieve(job)
            if on_progress is not None:
                on_progress(found)
            if found.status == "succeeded":
                return found
            if found.finished_at is not None:
                raise JobFailed(f"The job {found.id} {found.status}: {found.error}")
            sleep(deadline.next_wait_seconds())
