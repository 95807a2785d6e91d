"""What a city does with its application, and what the system does for it; one file per verb or family of verbs."""

from gnlc_apply.services.application.attach import attach, describe_attachment, remove_attachment
from gnlc_apply.services.application.begin import begin
from gnlc_apply.services.application.colleagues import (
    answer_join_request,
    ask_to_join,
    change_role,
    hand_over_ownership,
    remove_colleague,
    take_over_ownership,
)
from gnlc_apply.services.application.due import expire_drafts, let_last_versions_stand
from gnlc_apply.services.application.requests import answer_request, reply_to_ineligibility
from gnlc_apply.services.application.save import Clash, Saved, save_answers
from gnlc_apply.services.application.submit import resubmit, submit, take_back, withdraw

__all__ = [
    "Clash",
    "Saved",
    "answer_join_request",
    "answer_request",
    "ask_to_join",
    "attach",
    "begin",
    "change_role",
    "describe_attachment",
    "expire_drafts",
    "hand_over_ownership",
    "let_last_versions_stand",
    "remove_attachment",
    "remove_colleague",
    "reply_to_ineligibility",
    "resubmit",
    "save_answers",
    "submit",
    "take_back",
    "take_over_ownership",
    "withdraw",
]
