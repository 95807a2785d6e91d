"""Pages that exist in a demonstration only: its people, its mailbox, its telephones. Anywhere else they are not found."""

from flask import Blueprint

from gnlc_apply.core.errors import NotFound
from gnlc_apply.queries import instance
from gnlc_apply.web.demo import mailbox, people, telephone

blueprint = Blueprint("demo", __name__)
blueprint.add_url_rule("/demo/people", "people", people.page)
blueprint.add_url_rule("/demo/people/sign-in", "sign_in", people.sign_in, methods=["POST"])
blueprint.add_url_rule("/demo/telephone", "telephone", telephone.page)
blueprint.add_url_rule("/demo/mailbox", "mailbox", mailbox.page)
blueprint.add_url_rule("/demo/mailbox/<message>", "message", mailbox.message)


@blueprint.before_request
def _only_in_a_demonstration() -> None:
    if not instance.is_demo():
        raise NotFound()
