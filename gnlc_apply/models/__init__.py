"""All tables, so that migrations and queries find them in one place."""

from gnlc_apply.models.application import (
    LIVE_STATES,
    Answer,
    Application,
    ApplicationMember,
    ApplicationState,
    ApplicationVersion,
    Attachment,
    AttachmentState,
    CheckOutcome,
    InformationRequest,
    JoinRequest,
    MemberRole,
    PublishedSpelling,
    RequestKind,
    ScreeningCheck,
    VersionReason,
)
from gnlc_apply.models.base import Base, UtcDateTime
from gnlc_apply.models.calibration import (
    CalibrationFile,
    CalibrationReading,
    CalibrationRound,
    CalibrationScore,
    CalibrationSeat,
    CalibrationState,
)
from gnlc_apply.models.call import (
    Call,
    CallState,
    Deadline,
    Extension,
    ExtensionScope,
    FormVersion,
    Gate,
    GuideVersion,
    PlacePurpose,
    QuotaException,
    QuotaPlace,
    ReminderSent,
)
from gnlc_apply.models.city import (
    City,
    CityName,
    EndReason,
    Membership,
    PublishedFigure,
    Region,
    RegistryAct,
    State,
    StateStatus,
)
from gnlc_apply.models.cohort import (
    Cohort,
    CohortChange,
    CohortCity,
    CohortState,
    Decision,
    Feedback,
    LetterKind,
    LetterText,
    Outcome,
    TextCorrection,
)
from gnlc_apply.models.endorsement import CommissionRank, Endorsement, EndorsementOutcome, FileOpened, Objection
from gnlc_apply.models.jury import (
    Assignment,
    AssignmentProposal,
    ConflictOfInterest,
    FiguresStatus,
    Juror,
    JurorFile,
    JuryFigures,
    Minutes,
    Recommendation,
    Review,
    ReviewState,
    Score,
    StaffConflict,
    TieAnswer,
)
from gnlc_apply.models.person import (
    Grant,
    GuessCounter,
    Invitation,
    OneTimeToken,
    Person,
    PrivacyAcceptance,
    RecoveryCode,
    RememberedDevice,
    Role,
    TokenPurpose,
    TwoPersonRequest,
    WebSession,
)
from gnlc_apply.models.record import (
    AuditDetail,
    AuditEntry,
    AuditHead,
    FormKey,
    Instance,
    MessageState,
    Notice,
    OutboxMessage,
)
from gnlc_apply.models.signature import Signature, SignatureMethod, SignatureRequest

__all__ = [name for name in dir() if not name.startswith("_")]
