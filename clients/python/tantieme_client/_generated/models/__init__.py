"""Contains all the data models used in inputs/outputs"""

from .attribution import Attribution
from .generation import Generation
from .health import Health
from .intake import Intake
from .job import Job
from .model_version import ModelVersion
from .new_generation import NewGeneration
from .new_upload import NewUpload
from .one_upload import OneUpload
from .paginated_generation_list import PaginatedGenerationList
from .paginated_job_list import PaginatedJobList
from .paginated_model_version_list import PaginatedModelVersionList
from .paginated_upload_list import PaginatedUploadList
from .pair import Pair
from .progress import Progress
from .revenue import Revenue
from .run import Run
from .share import Share
from .track import Track
from .training_set import TrainingSet
from .upload import Upload
from .upload_part import UploadPart
from .usage import Usage

__all__ = (
    "Attribution",
    "Generation",
    "Health",
    "Intake",
    "Job",
    "ModelVersion",
    "NewGeneration",
    "NewUpload",
    "OneUpload",
    "PaginatedGenerationList",
    "PaginatedJobList",
    "PaginatedModelVersionList",
    "PaginatedUploadList",
    "Pair",
    "Progress",
    "Revenue",
    "Run",
    "Share",
    "Track",
    "TrainingSet",
    "Upload",
    "UploadPart",
    "Usage",
)
