"""Commands on a call: set up, change, open, extend, freeze the guide, add places, remind cities."""

from gnlc_apply.services.call.exceptions import ask_for_exception, confirm_exception, drop_exception
from gnlc_apply.services.call.extension import extend
from gnlc_apply.services.call.gates import freeze_guide, open_call
from gnlc_apply.services.call.reminders import remind_cities
from gnlc_apply.services.call.settings import CallValues, change, create, ensure_default_form_and_guide, values_of

__all__ = [
    "CallValues",
    "ask_for_exception",
    "change",
    "confirm_exception",
    "create",
    "drop_exception",
    "ensure_default_form_and_guide",
    "extend",
    "freeze_guide",
    "open_call",
    "remind_cities",
    "values_of",
]
