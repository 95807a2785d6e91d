"""Who may apply: plain questions before anybody makes an account, a fourth one where a call asks for a smallest population."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gnlc_apply.core.text import Text
from gnlc_apply.questionnaire.population import is_below


class Standing(StrEnum):
    """How the country of the city stands to UNESCO on the day that counts."""

    MEMBER = "member"
    ASSOCIATE = "associate"
    FORMER = "former"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class EligibilityAnswers:
    """What somebody answered; None means not yet. A former member city is no member.

    ``population`` is the city's own figure, None where none exists; ``smallest`` what every call at hand asks for at least.
    """

    state: Standing | None = None
    is_member_city: bool | None = None
    head_will_sign: bool | None = None
    population: int | None = None
    smallest: int | None = None


def stops(answers: EligibilityAnswers) -> Text | None:
    """Why the city cannot apply, in plain words, or None. What has not been answered yet stops nobody."""
    if answers.state is Standing.FORMER:
        return Text(
            "You cannot apply because your country is no longer a Member State of UNESCO. "
            "The network is open to cities of Member States."
        )
    if answers.state is Standing.NONE:
        return Text(
            "You cannot apply because the place is not in a Member State of UNESCO. "
            "The network is open to cities of Member States."
        )
    if answers.is_member_city:
        return Text(
            "You cannot apply because your city is already a member of the network. There is no need to apply again."
        )
    if answers.head_will_sign is False:
        return Text(
            "You cannot apply because the mayor, or whoever heads the administration of the city, has to sign the "
            "application. Please speak with the head of the administration first."
        )
    if is_below(answers.population, answers.smallest):
        return Text(
            "You cannot apply because this call asks for at least %(smallest)s inhabitants, and your city has "
            "%(population)s.",
            smallest=answers.smallest,
            population=answers.population,
        )
    return None


def notes(answers: EligibilityAnswers) -> Text | None:
    """What somebody should know who may go on: the secretariat looks at cities of Associate Members one by one."""
    if answers.state is Standing.ASSOCIATE and stops(answers) is None:
        return Text(
            "Your country is an Associate Member of UNESCO. You can go on. "
            "The secretariat will check whether your city can be admitted, and will write to you."
        )
    if answers.smallest is not None and answers.population is None and stops(answers) is None:
        return Text(
            "The call asks for at least %(smallest)s inhabitants. Where no figure of the city itself exists, you can go "
            "on: the secretariat will look at it.",
            smallest=answers.smallest,
        )
    return None


def is_complete(answers: EligibilityAnswers) -> bool:
    """Whether the questions that need an answer have one; a population may be missing."""
    return None not in (answers.state, answers.is_member_city, answers.head_will_sign)
