"""Faults that would tell a city who reads or scored its file, let a juror see too much, or open other people's files."""

from __future__ import annotations

from functools import partial

from tests.planted.fault import Fault

_Secret = partial(Fault, is_secret=True)
_POLICY = "gnlc_apply/permissions/policy.py"
_RULES = "gnlc_apply/permissions/rules.py"
_READING = "gnlc_apply/queries/embargoed/reading.py"
_RANKING = "gnlc_apply/queries/embargoed/ranking.py"
_REVIEW = "tests/services/test_review.py::"
_RECOMMEND = "tests/services/test_recommendation.py::"
_GATE = "tests/web/jury/test_home_and_gate.py::"
_READ = "tests/web/jury/test_reading.py::"
_RANKED = "tests/web/secretariat/test_ranking.py::"

JURORS = (
    # Who reads what.
    _Secret(
        "a conflict leaves the file on the juror's list",
        _POLICY,
        "    Permission.SEE_ASSIGNED: assigned & ~jury_conflict,",
        "    Permission.SEE_ASSIGNED: assigned,",
        ("tests/web/jury/test_access_ends.py::test_a_tie_keeps_the_file_away_even_where_an_assignment_still_runs",),
    ),
    _Secret(
        "a juror with a conflict reads and scores",
        _POLICY,
        "    Permission.REVIEW: reader & ~jury_conflict,",
        "    Permission.REVIEW: reader,",
        ("tests/web/jury/test_access_ends.py::test_a_tie_keeps_the_file_away_even_where_an_assignment_still_runs",),
    ),
    _Secret(
        "the text opens before the declaration",
        _POLICY,
        "    Permission.REVIEW: reader & ~jury_conflict,",
        "    Permission.REVIEW: assigned & ~jury_conflict,",
        (_REVIEW + "test_the_text_opens_only_after_no_conflict_was_declared",),
    ),
    _Secret(
        "a chair with a conflict recommends",
        _POLICY,
        "    Permission.CONFIRM_RECOMMENDATION: chair_of & ~jury_conflict,",
        "    Permission.CONFIRM_RECOMMENDATION: chair_of,",
        (_RECOMMEND + "test_where_the_chair_is_recused_a_second_person_confirms",),
    ),
    _Secret(
        "every juror sees the ranking",
        _POLICY,
        "    Permission.SEE_RANKING: holds(Role.OFFICER, Role.DIRECTOR, Role.CHAIR),",
        "    Permission.SEE_RANKING: holds(Role.OFFICER, Role.DIRECTOR, Role.CHAIR, Role.JUROR),",
        ("tests/test_roles.py",),
    ),
    _Secret(
        "a chair sees the ranking of every call",
        _RANKING,
        "    if row is None or not (is_staff or row.id in viewer.calls_of(Role.CHAIR)):",
        "    if row is None:",
        ("tests/queries/test_embargoed_doors.py::test_the_chair_of_another_call_finds_no_ranking",),
    ),
    _Secret(
        "an ended reading still opens the file",
        _RULES,
        "        Assignment.ended_at.is_(None),\n        Juror.id == Assignment.juror_id,\n        Juror.person_id == actor.person_id,",
        "        Juror.id == Assignment.juror_id,\n        Juror.person_id == actor.person_id,",
        ("tests/test_permissions.py",),
    ),
    _Secret(
        "a juror who left still reads",
        _RULES,
        "        Juror.person_id == actor.person_id,\n        Juror.ended_at.is_(None),",
        "        Juror.person_id == actor.person_id,",
        ("tests/web/jury/test_access_ends.py::test_a_juror_who_left_is_no_reader_even_where_an_assignment_still_runs",),
    ),
    _Secret(
        "every juror reads every assigned file",
        _RULES,
        "        Juror.id == Assignment.juror_id,\n        Juror.person_id == actor.person_id,",
        "        Juror.id == Assignment.juror_id,\n        Juror.person_id.is_not(None),",
        ("tests/test_permissions.py",),
    ),
    _Secret(
        "a juror's access outlives the call",
        "gnlc_apply/queries/person.py",
        "and not (row.role in (Role.JUROR, Role.CHAIR) and row.state is CallState.CONCLUDED)",
        "and not (row.role is Role.CHAIR and row.state is CallState.CONCLUDED)",
        ("tests/queries/test_person.py::test_a_jurors_roles_end_with_the_call",),
    ),
    _Secret(
        "a conflict does not end the reading",
        "gnlc_apply/services/ties/pairs.py",
        "    if running is not None:\n        end(unit, running,",
        "    if running is None:\n        end(unit, running,",
        (_REVIEW + "test_a_conflict_needs_a_word_and_removes_the_file_for_good",),
    ),
    _Secret(
        "a conflict does not block the pair",
        "gnlc_apply/services/ties/pairs.py",
        "    pair.is_blocked = True",
        "    pair.is_blocked = bool(pair.is_blocked)",
        (_REVIEW + "test_a_conflict_needs_a_word_and_removes_the_file_for_good",),
    ),
    _Secret(
        "a blocked pair is given by hand",
        "gnlc_apply/services/assignment/by_hand.py",
        "    _refuse_obstacle(panel)\n    if panel.running",
        "    if panel.running",
        ("tests/services/test_assignment.py",),
    ),
    # What jurors see of each other.
    _Secret(
        "others' reviews open before the own",
        _READING,
        "    if not page.is_submitted:\n        return []\n",
        "",
        (_REVIEW + "test_others_are_hidden_until_the_own_review_is_in_and_then_have_no_names",),
    ),
    _Secret(
        "others' drafts are shown",
        _READING,
        "            Review.state == ReviewState.SUBMITTED,\n        )\n        .order_by(Assignment.pseudonym)",
        "        )\n        .order_by(Assignment.pseudonym)",
        ("tests/services/test_blind_reading.py",),
    ),
    _Secret(
        "readings that ended are shown to colleagues",
        _READING,
        "            Assignment.ended_at.is_(None),\n            Assignment.pseudonym != page.pseudonym,",
        "            Assignment.pseudonym != page.pseudonym,",
        ("tests/services/test_blind_reading.py",),
    ),
    _Secret(
        "a colleague has a name",
        _READING,
        "    return [OtherReview(row.pseudonym, row.total,",
        "    from gnlc_apply.models import Person\n"
        "    names = dict(db.reader.execute(select(Assignment.pseudonym, Person.name)"
        ".join(Juror, Juror.id == Assignment.juror_id).join(Person, Person.id == Juror.person_id)).all())\n"
        "    return [OtherReview(names[row.pseudonym], row.total,",
        (_READ + "test_colleagues_are_hidden_until_the_own_review_is_in_and_have_no_names",),
    ),
    _Secret(
        "pseudonyms follow the order of assignment",
        "gnlc_apply/services/ties/pairs.py",
        "        chosen = secrets.choice(free)",
        "        chosen = free[0]",
        ("tests/services/test_pairs.py::test_a_pseudonym_tells_neither_order_nor_person",),
    ),
    _Secret(
        "attachments of no version are handed to jurors",
        _READING,
        '    found = ((entry, by_digest.get((entry["question"], entry["sha256"]))) for entry in signed)',
        '    found = (({"question": row.question_key, "caption": ""}, row) for row in rows)',
        (_READ + "test_a_file_of_the_version_is_handed_out_under_a_neutral_name",),
    ),
    _Secret(
        "a juror's download bears the city's own file name",
        "gnlc_apply/web/jury/files.py",
        '    name = f"{application}-{found.number}{MediaType(found.media_type).extension}"',
        "    name = file.name",
        (_READ + "test_a_file_of_the_version_is_handed_out_under_a_neutral_name",),
    ),
    _Secret(
        "evidence links tell where the reader comes from",
        "gnlc_apply/web/headers.py",
        '    "Referrer-Policy": "no-referrer",',
        '    "Referrer-Policy": "unsafe-url",',
        ("tests/web/test_written_down.py::test_every_answer_bears_these_headers",),
    ),
    _Secret(
        "mail to jurors names the city",
        "gnlc_apply/services/assignment/by_hand.py",
        '    pairs.tell_jurors(unit, "files_assigned", call, {row.id: 1})',
        '    pairs.tell_jurors(unit, "files_assigned", call, {row.id: 1}, place=file.place_name)',
        ("tests/services/test_pairs.py::test_mail_to_jurors_names_no_city",),
    ),
    _Secret(
        "evidence links give the referrer",
        "templates/jury/files/link.html",
        ' rel="noreferrer noopener nofollow"',
        ' rel="nofollow"',
        (_READ + "test_links_lead_through_a_page_of_our_own_and_only_to_what_the_city_named",),
    ),
    _Secret(
        "attachments of another application are handed out",
        "gnlc_apply/queries/attachment.py",
        "    conditions = [Application.reference == application, Attachment.reference == attachment]",
        "    conditions = [Attachment.reference == attachment]",
        ("tests/queries/test_attachment.py",),
    ),
    # The ranking and the chair.
    _Secret(
        "a conflicted officer sees the scores",
        _RANKING,
        "    is_free = and_(may_see, (~jury_conflict & ~staff_conflict).where(viewer))",
        "    is_free = or_(may_see, Application.id.is_not(None))",
        (_RANKED + "test_a_conflicted_officer_sees_the_name_without_scores",),
    ),
    _Secret(
        "a chair who reads sees averages first",
        _RANKING,
        "    closed = CLOSED_CONFLICT if not row.is_free else CLOSED_OWN if row.own_open else None",
        "    closed = CLOSED_CONFLICT if not row.is_free else None",
        (_RECOMMEND + "test_a_chair_who_reads_sees_no_average_before_the_own_review",),
    ),
    _Secret(
        "a chair confirms before the own review",
        "gnlc_apply/services/recommendation.py",
        "    _refuse_open_own(unit, row)\n    ballot",
        "    ballot",
        (_RECOMMEND + "test_a_chair_judges_first",),
    ),
    _Secret(
        "the chair of any call confirms",
        "gnlc_apply/services/recommendation.py",
        "    if row.id not in actor.calls_of(Role.CHAIR):\n        raise NotFound()\n",
        "",
        (_RECOMMEND + "test_only_the_chair_of_that_call_confirms",),
    ),
    _Secret(
        "an officer with a tie sees who reads",
        "gnlc_apply/queries/embargoed/assignments.py",
        "                readers=tuple(readers[row.Application.id]) if row.is_seen else (),",
        "                readers=tuple(readers[row.Application.id]),",
        ("tests/queries/test_embargoed_doors.py::test_of_a_file_with_a_tie_only_the_name_is_loaded",),
    ),
    _Secret(
        "an officer with a tie reads the jurors' conflicts",
        "gnlc_apply/queries/embargoed/roster.py",
        "            Juror.call_id == call.id,\n            visible_to(viewer, Permission.READ_AS_SECRETARIAT),",
        "            Juror.call_id == call.id,",
        ("tests/web/secretariat/test_ties.py::test_an_officer_with_a_tie_reads_no_conflict_of_a_juror_with_that_file",),
    ),
    _Secret(
        "cities see the jurors",
        "gnlc_apply/web/secretariat/jurors.py",
        '@blueprint.get("/secretariat/calls/<call>/jurors")\n@requires(Permission.RUN_CALL)',
        '@blueprint.get("/secretariat/calls/<call>/jurors")\n@requires(Permission.USE_ACCOUNT)',
        ("tests/web/secretariat/test_jurors.py::test_only_the_secretariat_sees_jurors",),
    ),
    _Secret(
        "the roster asks for no role",
        "gnlc_apply/queries/embargoed/roster.py",
        "    require(viewer, Permission.RUN_CALL)\n    row = db.reader.scalar(select(Call).where(Call.reference == reference))",
        "    row = db.reader.scalar(select(Call).where(Call.reference == reference))",
        ("tests/queries/test_embargoed_doors.py::test_no_door_opens_for_an_outsider",),
    ),
    # Contact data, other cities, other countries.
    _Secret(
        "a Commission sees drafts",
        _POLICY,
        "    Permission.READ_AS_COMMISSION: commission_of & submitted,",
        "    Permission.READ_AS_COMMISSION: commission_of,",
        ("tests/services/test_endorsement.py::test_drafts_are_not_the_commissions",),
    ),
    _Secret(
        "a Commission sees every country",
        _RULES,
        "lambda a: one_of(Application.country, a.countries)",
        "lambda a: Application.country.is_not(None) if a.countries else false()",
        ("tests/test_permissions.py",),
    ),
    _Secret(
        "a conflicted officer reads the file",
        _POLICY,
        "_reading_secretariat = secretariat & submitted & ~staff_conflict",
        "_reading_secretariat = secretariat & submitted",
        ("tests/web/secretariat/test_applications.py::test_a_conflicted_officer_sees_the_name_only",),
    ),
    _Secret(
        "an official of the city is no conflict for staff",
        _RULES,
        "    lambda a, o: a.person_id in o.conflicted_staff or a.person_id in o.members,",
        "    lambda a, o: a.person_id in o.conflicted_staff,",
        ("tests/test_permissions.py",),
    ),
    _Secret(
        "whoever left a city still reads its file",
        _RULES,
        "            ApplicationMember.person_id == actor.person_id,\n            ApplicationMember.removed_at.is_(None),\n"
        "            one_of(ApplicationMember.role, roles),",
        "            ApplicationMember.person_id == actor.person_id,\n            one_of(ApplicationMember.role, roles),",
        ("tests/web/applicant/test_journey.py::test_colleagues_are_invited_changed_and_removed",),
    ),
    _Secret(
        "a foreign application answers with a refusal",
        "gnlc_apply/queries/access.py",
        "    if row is None or not row.is_seen:",
        "    if row is None:",
        ("tests/web/applicant/test_journey.py::test_pages_of_a_city_are_alike_for_strangers_and_for_nothing",),
    ),
    _Secret(
        "the log names the secrets of links",
        "gnlc_apply/web/logs.py",
        '                "path": masked_path(request.path)[:300],',
        '                "path": request.path[:300],',
        ("tests/web/test_written_down.py::test_a_link_that_was_opened_is_masked_in_the_log",),
    ),
    _Secret(
        "an answer to a letter goes to no office",
        "gnlc_apply/mail/transport.py",
        "        reply_to=envelope.reply_to or settings.reply_to or None,",
        "        reply_to=None,",
        ("tests/mail/test_transport.py::test_a_message_arrives_whole_at_one_address",),
    ),
    _Secret(
        "one mail to many",
        "gnlc_apply/mail/transport.py",
        "        recipients=[envelope.recipient],",
        '        recipients=[envelope.recipient, "office@network.example"],',
        ("tests/mail/test_delivery.py::test_each_message_has_one_recipient_in_its_envelope",),
    ),
)
