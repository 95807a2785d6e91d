"""One city on its way: each act is the command behind the page, done by whoever does it in life."""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, City, MemberRole
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import signature as links
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.questionnaire import Form
from gnlc_apply.questionnaire.constituents import WHOLE
from gnlc_apply.scenarios import cast, invented_files, invention
from gnlc_apply.scenarios.answers import Place, as_sent, invented_answers, member_signatory
from gnlc_apply.scenarios.cast import Cast
from gnlc_apply.services import account, application, endorsement, screening, signature

FUNCTION = "Secretary-General (invented)"
PAGES_A_SITTING = 3


class Applicant:
    """A place, its people, and its application in one call."""

    def __init__(self, people: Cast, call: str, place: Place) -> None:
        self.people, self.call, self.place = people, call, place
        self.seed = (people.seed, place.country, place.name)
        self.goes_to_jury = True
        self.has_files = False
        self.owner = f"official@{place.domain}"
        self.reference = ""
        self.links: dict[int, str] = {}
        self.typed: dict[str, str | list[str]] = {}

    @property
    def official(self) -> Actor:
        """The owner of the application."""
        return self.people.actor(self.owner)

    @property
    def mayor(self) -> tuple[str, str]:
        """Address and name of whoever signs for the city, or for the consortium as a whole."""
        return f"mayor@{self.place.domain}", invention.person("signatory", *self.seed)

    def signatory(self, constituent: int = WHOLE) -> tuple[str, str]:
        """Address and name of whoever signs: for the city, or for this member of a consortium."""
        return self.mayor if constituent == WHOLE else member_signatory(self.place, constituent, *self.seed)

    @property
    def on_paper(self) -> list[int]:
        """Which signatures come on paper: the city's, that of a consortium's last member."""
        members = len(self.place.members)
        return [*([WHOLE] if self.place.signs_on_paper else []), *([members] if members else [])]

    # --- the city ---------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Register, confirm the address, begin a draft."""
        self.people.official(self.owner, invention.person("official", *self.seed))
        self.reference = application.begin(
            actor=self.official, call=self.call, country=self.place.country, place_name=self.place.name
        )

    def fill(self, sections: Collection[str] | None = None) -> None:
        """Fill the form, three pages at a sitting, or only these sections."""
        form = self._form()
        answers = invented_answers(form, self.place, clock.now().year, *self.seed)
        pages = [raw for section, raw in as_sent(form, answers).items() if sections is None or section in sections]
        actor = self.official
        for start in range(0, len(pages), PAGES_A_SITTING):
            raw = {name: typed for page in pages[start : start + PAGES_A_SITTING] for name, typed in page.items()}
            application.save_answers(actor=actor, reference=self.reference, raw=raw, versions={})
            self.typed |= raw

    def _form(self) -> Form:
        with db.reading() as session:
            row = session.execute(select(Application).where(Application.reference == self.reference)).scalar_one()
            return form_of(session, row.form_version_id)

    def change(self, key: str, words: str) -> None:
        """Change one answer of text."""
        application.save_answers(actor=self.official, reference=self.reference, raw={key: words}, versions={})
        self.typed[key] = words

    def attach(self, number: int = 0) -> None:
        """Attach a page of PDF and a picture to the first practice."""
        page = invented_files.pdf([f"A practice of {self.place.name}", str(invention.bank()["marker"])])
        for name, content in (("practice.pdf", page), ("picture.png", invented_files.png(hue=number))):
            application.attach(
                actor=self.official,
                reference=self.reference,
                question_key="practices.1.files",
                name=name,
                stream=io.BytesIO(content),
                caption=f"What a morning looks like. {invention.bank()['marker']}",
            )

    def ask_signature(self, constituent: int = WHOLE) -> None:
        """Send the mayor the link, or whoever signs for this member of a consortium."""
        email, name = self.signatory(constituent)
        self.links[constituent] = signature.ask(
            actor=self.official, reference=self.reference, email=email, name=name, constituent=constituent
        )

    @property
    def link(self) -> str:
        """The mayor's link."""
        return self.links[WHOLE]

    def sign(self, constituent: int = WHOLE) -> None:
        """Whoever was asked follows the link, reads, asks for the code and signs with it."""
        email, name = self.signatory(constituent)
        token = self.links[constituent]
        opened = links.open_link(token)
        if opened.sheet is None:
            raise LookupError(f"the link of {email} is {opened.state}")
        digest = opened.sheet.standing_sha256
        signature.send_code(actor=signature.SIGNATORY, token=token)
        signature.sign(
            actor=signature.SIGNATORY,
            token=token,
            code=cast.latest_mail("signature_code", email)["secret_code"],
            name=name,
            title="The Honourable",
            function="Mayor",
            is_ticked=True,
            version_digest=digest,
        )

    def not_sign(self) -> None:
        """The mayor does not sign, with a reason."""
        reason = self._said("The council has not seen this text yet.")
        signature.decline(actor=signature.SIGNATORY, token=self.link, reason=reason)

    def take_back(self) -> None:
        """Take back and correct."""
        application.take_back(actor=self.official, reference=self.reference)

    def sign_on_paper(self, constituent: int = WHOLE) -> None:
        """The letter with the version's code is printed, signed, scanned and uploaded."""
        _email, name = self.signatory(constituent)
        code = signature.prepare_letter(actor=self.official, reference=self.reference, constituent=constituent)
        letter = invented_files.pdf([f"Commitment of {self.place.name}", f"Version {code}", f"Signed: {name}"])
        signature.upload_letter(
            actor=self.official,
            reference=self.reference,
            stream=io.BytesIO(letter),
            file_name="letter.pdf",
            constituent=constituent,
            name=name,
            function="Mayor",
            version_code=code,
        )

    def submit(self) -> None:
        """Submit."""
        application.submit(actor=self.official, reference=self.reference)

    def resubmit(self) -> None:
        """Submit the changes."""
        application.resubmit(actor=self.official, reference=self.reference)

    def withdraw(self) -> None:
        """Withdraw."""
        application.withdraw(actor=self.official, reference=self.reference, reason=self._said("We shall try later."))

    def invite_colleague(self, email: str, name: str) -> None:
        """Ask a colleague to help with the form."""
        token = account.invite_colleague(
            actor=self.official, reference=self.reference, email=email, name=name, member_role=MemberRole.EDITOR
        )
        self.people.accept(token, email, name)

    # --- the National Commission ------------------------------------------------------------------------------------

    @property
    def commission(self) -> Actor:
        """The National Commission of the country."""
        return self.people.actor(self.people.commission(self.place.country))

    def _acting(self) -> dict[str, str]:
        return {"name": invention.person("commission", self.place.country), "function": FUNCTION}

    def endorse(self) -> None:
        """The Commission looks and endorses."""
        actor = self.commission
        endorsement.record_opening(actor=actor, reference=self.reference)
        endorsement.endorse(actor=actor, reference=self.reference, **self._acting())

    def not_endorse(self) -> None:
        """The Commission does not endorse, with a reason."""
        reason = self._said("The plan has not been adopted by the council yet.")
        endorsement.decline(actor=self.commission, reference=self.reference, reason=reason, **self._acting())

    def ask_by_commission(self, due_at: datetime) -> None:
        """The Commission asks a question."""
        message = self._said("Who pays for the centres after the third year?")
        endorsement.ask(actor=self.commission, reference=self.reference, message=message, due_at=due_at)

    def return_by_commission(self, keys: list[str], due_at: datetime) -> None:
        """The Commission returns named questions."""
        message = self._said("Please say how the results were measured.")
        endorsement.return_questions(
            actor=self.commission, reference=self.reference, keys=keys, message=message, due_at=due_at
        )

    # --- the secretariat --------------------------------------------------------------------------------------------

    @property
    def officer(self) -> Actor:
        """The officer who checks."""
        return self.people.actor(cast.OFFICER)

    def confirm_city(self) -> None:
        """The officer says which city of the registry this is: the one of the same country and name, or a new one."""
        with db.reading() as session:
            wanted = (City.country == self.place.country, City.folded_name == fold(self.place.name))
            known = session.scalars(select(City.reference).where(*wanted)).all()
        screening.confirm_city(
            actor=self.officer,
            reference=self.reference,
            city=known[0] if len(known) == 1 else None,
            name=self.place.name,
        )

    def check(self) -> None:
        """The officer confirms the letters, where there are any, and the city, and finds the file eligible."""
        for constituent in self.on_paper:
            signature.confirm_letter(actor=self.officer, reference=self.reference, constituent=constituent)
        self.confirm_city()
        screening.find_eligible(actor=self.officer, reference=self.reference)

    def find_ineligible(self) -> None:
        """The officer finds the file ineligible; the city may reply once."""
        reason = self._said("The area named in the application is not an administrative unit of its own.")
        screening.find_ineligible(actor=self.officer, reference=self.reference, reason=reason)

    def reply(self) -> None:
        """The city gives its one reply."""
        words = self._said("The council of the area was founded last year; the by-law is attached to the letter.")
        application.reply_to_ineligibility(actor=self.official, reference=self.reference, reply=words)

    def return_by_secretariat(self, keys: list[str], due_at: datetime) -> None:
        """The officer returns named questions."""
        message = self._said("The year of the figure is missing.")
        screening.return_questions(
            actor=self.officer, reference=self.reference, keys=keys, message=message, due_at=due_at
        )

    @staticmethod
    def _said(words: str) -> str:
        return f"{words} {invention.bank()['marker']}"
