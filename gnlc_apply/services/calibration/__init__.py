"""Commands on the calibration round of a call: set up, files, scoring, the talk, the second scoring, closing."""

from gnlc_apply.services.calibration.files import add_file, move_up, remove_file
from gnlc_apply.services.calibration.readings import recognise, save, submit
from gnlc_apply.services.calibration.reminders import remind_scorers
from gnlc_apply.services.calibration.rounds import (
    Plan,
    begin,
    change,
    close,
    end_scoring,
    open_round,
    open_second,
    record_talk,
)

__all__ = [
    "Plan",
    "add_file",
    "begin",
    "change",
    "close",
    "end_scoring",
    "move_up",
    "open_round",
    "open_second",
    "recognise",
    "record_talk",
    "remind_scorers",
    "remove_file",
    "save",
    "submit",
]
