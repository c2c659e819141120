"""All operations of the API, by their names there. Made by generate.sh; do not edit."""

from tantieme_client._generated.api.uploads.abandon_upload import abandon_upload as abandon_upload
from tantieme_client._generated.api.uploads.announce_upload import (
    announce_upload as announce_upload,
)
from tantieme_client._generated.api.health.check_health import check_health as check_health
from tantieme_client._generated.api.uploads.complete_upload import (
    complete_upload as complete_upload,
)
from tantieme_client._generated.api.generations.list_generations import (
    list_generations as list_generations,
)
from tantieme_client._generated.api.jobs.list_jobs import list_jobs as list_jobs
from tantieme_client._generated.api.model_versions.list_model_versions import (
    list_model_versions as list_model_versions,
)
from tantieme_client._generated.api.uploads.list_uploads import list_uploads as list_uploads
from tantieme_client._generated.api.generations.retrieve_attribution import (
    retrieve_attribution as retrieve_attribution,
)
from tantieme_client._generated.api.generations.retrieve_generation import (
    retrieve_generation as retrieve_generation,
)
from tantieme_client._generated.api.jobs.retrieve_job import retrieve_job as retrieve_job
from tantieme_client._generated.api.uploads.retrieve_upload import (
    retrieve_upload as retrieve_upload,
)
from tantieme_client._generated.api.generations.send_generation import (
    send_generation as send_generation,
)
from tantieme_client._generated.api.uploads.send_part import send_part as send_part
from tantieme_client._generated.api.revenue.send_revenue import send_revenue as send_revenue
from tantieme_client._generated.api.usage.send_usage import send_usage as send_usage
