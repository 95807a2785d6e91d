"""The signatures for a city, or for a consortium and its members: by a personal link or on paper, bound to one text."""

from gnlc_apply.services.signature.asking import ask, ask_outstanding, revoke_request
from gnlc_apply.services.signature.ground import SIGNATORY
from gnlc_apply.services.signature.letter import confirm_letter, prepare_letter, refuse_letter, upload_letter
from gnlc_apply.services.signature.reminding import remind_signatories
from gnlc_apply.services.signature.signing import TextChanged, WrongCode, decline, send_code, sign

__all__ = [
    "SIGNATORY",
    "TextChanged",
    "WrongCode",
    "ask",
    "ask_outstanding",
    "confirm_letter",
    "decline",
    "prepare_letter",
    "refuse_letter",
    "remind_signatories",
    "revoke_request",
    "send_code",
    "sign",
    "upload_letter",
]
