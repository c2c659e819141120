"""The result by line of a file that a platform sent, as a file to take along."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from royalty.models import SentFile


def result_by_line(sent: SentFile) -> FileResponse:
    """What became of each line, as the API sends it (`royalty.api.bulk`).

    Raises:
        Http404: nothing was kept by line.
    """
    if not sent.result_name:
        raise Http404
    return FileResponse(
        default_storage.open(sent.result_name),
        as_attachment=True,
        filename=f"intake-{sent.pk}.ndjson.gz",
        content_type="application/gzip",
    )
