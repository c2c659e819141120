"""Contains all the data models used in inputs/outputs"""

from .account import Account
from .attempt import Attempt
from .attribution import Attribution
from .contract import Contract
from .contract_model_parameters import ContractModelParameters
from .delivery import Delivery
from .endpoint import Endpoint
from .entry import Entry
from .event import Event
from .event_data import EventData
from .event_of_delivery import EventOfDelivery
from .fault import Fault
from .generation import Generation
from .handed_in import HandedIn
from .health import Health
from .held import Held
from .intake_file import IntakeFile
from .invoice import Invoice
from .invoice_line import InvoiceLine
from .job import Job
from .key import Key
from .key_rotation import KeyRotation
from .model_version import ModelVersion
from .move import Move
from .new_endpoint import NewEndpoint
from .new_generation import NewGeneration
from .new_key import NewKey
from .new_upload import NewUpload
from .one_invoice import OneInvoice
from .one_period import OnePeriod
from .one_upload import OneUpload
from .paginated_contract_list import PaginatedContractList
from .paginated_delivery_list import PaginatedDeliveryList
from .paginated_endpoint_list import PaginatedEndpointList
from .paginated_entry_list import PaginatedEntryList
from .paginated_event_list import PaginatedEventList
from .paginated_generation_list import PaginatedGenerationList
from .paginated_intake_file_list import PaginatedIntakeFileList
from .paginated_invoice_list import PaginatedInvoiceList
from .paginated_job_list import PaginatedJobList
from .paginated_model_version_list import PaginatedModelVersionList
from .paginated_period_list import PaginatedPeriodList
from .paginated_request_list import PaginatedRequestList
from .paginated_upload_list import PaginatedUploadList
from .pair import Pair
from .part import Part
from .patched_endpoint_change import PatchedEndpointChange
from .period import Period
from .progress import Progress
from .rate import Rate
from .replay import Replay
from .replayed import Replayed
from .reported import Reported
from .reported_revenue import ReportedRevenue
from .request import Request
from .restatement import Restatement
from .result import Result
from .revenue import Revenue
from .run import Run
from .secret import Secret
from .settlement import Settlement
from .share import Share
from .track import Track
from .training_set import TrainingSet
from .upload import Upload
from .upload_part import UploadPart
from .usage import Usage

__all__ = (
    "Account",
    "Attempt",
    "Attribution",
    "Contract",
    "ContractModelParameters",
    "Delivery",
    "Endpoint",
    "Entry",
    "Event",
    "EventData",
    "EventOfDelivery",
    "Fault",
    "Generation",
    "HandedIn",
    "Health",
    "Held",
    "IntakeFile",
    "Invoice",
    "InvoiceLine",
    "Job",
    "Key",
    "KeyRotation",
    "ModelVersion",
    "Move",
    "NewEndpoint",
    "NewGeneration",
    "NewKey",
    "NewUpload",
    "OneInvoice",
    "OnePeriod",
    "OneUpload",
    "PaginatedContractList",
    "PaginatedDeliveryList",
    "PaginatedEndpointList",
    "PaginatedEntryList",
    "PaginatedEventList",
    "PaginatedGenerationList",
    "PaginatedIntakeFileList",
    "PaginatedInvoiceList",
    "PaginatedJobList",
    "PaginatedModelVersionList",
    "PaginatedPeriodList",
    "PaginatedRequestList",
    "PaginatedUploadList",
    "Pair",
    "Part",
    "PatchedEndpointChange",
    "Period",
    "Progress",
    "Rate",
    "Replay",
    "Replayed",
    "Reported",
    "ReportedRevenue",
    "Request",
    "Restatement",
    "Result",
    "Revenue",
    "Run",
    "Secret",
    "Settlement",
    "Share",
    "Track",
    "TrainingSet",
    "Upload",
    "UploadPart",
    "Usage",
)
