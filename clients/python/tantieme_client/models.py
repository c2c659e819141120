"""What the API takes and answers. Made by generate.sh; do not edit."""

from tantieme_client._generated.models.attribution import Attribution as Attribution
from tantieme_client._generated.models.generation import Generation as Generation
from tantieme_client._generated.models.health import Health as Health
from tantieme_client._generated.models.intake import Intake as Intake
from tantieme_client._generated.models.job import Job as Job
from tantieme_client._generated.models.model_version import ModelVersion as ModelVersion
from tantieme_client._generated.models.new_generation import NewGeneration as NewGeneration
from tantieme_client._generated.models.new_upload import NewUpload as NewUpload
from tantieme_client._generated.models.one_upload import OneUpload as OneUpload
from tantieme_client._generated.models.paginated_generation_list import (
    PaginatedGenerationList as PaginatedGenerationList,
)
from tantieme_client._generated.models.paginated_job_list import (
    PaginatedJobList as PaginatedJobList,
)
from tantieme_client._generated.models.paginated_model_version_list import (
    PaginatedModelVersionList as PaginatedModelVersionList,
)
from tantieme_client._generated.models.paginated_upload_list import (
    PaginatedUploadList as PaginatedUploadList,
)
from tantieme_client._generated.models.pair import Pair as Pair
from tantieme_client._generated.models.progress import Progress as Progress
from tantieme_client._generated.models.revenue import Revenue as Revenue
from tantieme_client._generated.models.run import Run as Run
from tantieme_client._generated.models.share import Share as Share
from tantieme_client._generated.models.track import Track as Track
from tantieme_client._generated.models.training_set import TrainingSet as TrainingSet
from tantieme_client._generated.models.upload import Upload as Upload
from tantieme_client._generated.models.upload_part import UploadPart as UploadPart
from tantieme_client._generated.models.usage import Usage as Usage
