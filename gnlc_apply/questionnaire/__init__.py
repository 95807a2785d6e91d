"""What the form asks and how the jury scores it: versioned data, answers, completeness, the signed text. Pure."""

from gnlc_apply.questionnaire.default import default_form, default_guide
from gnlc_apply.questionnaire.form import Choice, Condition, Form, Group, Kind, Question, Section, UnknownQuestion
from gnlc_apply.questionnaire.guide import Criterion, Guide, load_guide
from gnlc_apply.questionnaire.loading import load_form

__all__ = [
    "Choice",
    "Condition",
    "Criterion",
    "Form",
    "Group",
    "Guide",
    "Kind",
    "Question",
    "Section",
    "UnknownQuestion",
    "default_form",
    "default_guide",
    "load_form",
    "load_guide",
]
