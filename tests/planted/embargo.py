"""Faults that would let somebody outside learn a decision before the announcement, or let the announcement go wrong."""

from __future__ import annotations

from functools import partial

from tests.planted.fault import Fault

_Secret = partial(Fault, is_secret=True)
_COHORT = "gnlc_apply/workflow/cohort.py"
_OUTBOX = "gnlc_apply/services/outbox.py"
_ANNOUNCING = "tests/services/cohort/test_announcing.py::"
_LOCKING = "tests/services/cohort/test_locking.py::"
_DECISIONS = "tests/web/secretariat/test_decisions.py::"
_COHORTS = "tests/web/secretariat/test_cohorts.py::"
_REGISTRY = "tests/queries/test_registry.py::"

EMBARGO = (
    # What is public, and from when.
    _Secret(
        "a release is public while it is prepared",
        "gnlc_apply/queries/cohort.py",
        "    row = session.scalar(select(Cohort).where(Cohort.reference == reference, is_public()))\n"
        "    if row is None or row.announced_at is None:",
        "    row = session.scalar(select(Cohort).where(Cohort.reference == reference))\n    if row is None:",
        ("tests/web/public/test_registry.py::test_a_cohort_is_not_there_before_its_announcement",),
    ),
    _Secret(
        "memberships of a cohort to come are counted",
        "gnlc_apply/queries/registry.py",
        "    return or_(Membership.cohort_id.is_(None), Cohort.announced_at <= (clock.now() if now is None else now))",
        "    return Membership.id.is_not(None)",
        (_REGISTRY + "test_nothing_of_a_cohort_is_seen_before_its_announcement",),
    ),
    _Secret(
        "the registry's filter names a cohort to come",
        "gnlc_apply/queries/registry.py",
        "        .where(Cohort.announced_at <= clock.now(), Cohort.announced_at.is_not(None))",
        "        .where(Cohort.reference.is_not(None))",
        (_REGISTRY + "test_nothing_of_a_cohort_is_seen_before_its_announcement",),
    ),
    _Secret(
        "the call's public stage follows the lock",
        "gnlc_apply/queries/public_call.py",
        "case((Cohort.announced_at <= _NOW, Cohort.reference), else_=None)",
        "case((Cohort.locked_at <= _NOW, Cohort.reference), else_=None)",
        ("tests/web/public/test_calls.py::test_from_the_jury_s_start_to_the_announcement_every_byte_is_alike",),
    ),
    _Secret(
        "a locked cohort is called locked outside",
        _COHORT,
        '        "locked": (Text("Locked"), Text("In preparation")),',
        '        "locked": (Text("Locked"), Text("Locked")),',
        ("tests/workflow/test_outside_names.py",),
    ),
    _Secret(
        "a file with the jury has a name of its own for the city",
        "gnlc_apply/workflow/application.py",
        '    "in_review": (Text("In review"), WITH_JURY),',
        '    "in_review": (Text("In review"), Text("Read by the jury")),',
        ("tests/workflow/test_truth_table.py::test_from_the_jury_until_the_announcement_the_outside_name_is_one",),
    ),
    _Secret(
        "a corrected spelling reaches the registry at once",
        "gnlc_apply/services/cohort/changing.py",
        '    unit.note("corrected_spelling", "application", file.id, key=NAME_KEY, before=before, after=spelled)',
        '    unit.note("corrected_spelling", "application", file.id, key=NAME_KEY, before=before, after=spelled)\n'
        "    from gnlc_apply.models import City\n"
        "    unit.session.execute(update(City).where(City.id == file.city_id).values(name=spelled))",
        ("tests/services/cohort/test_silence.py",),
    ),
    _Secret(
        "preparing a decision touches the application",
        "gnlc_apply/services/decision.py",
        '        reason = reasons.get(row.reference, "").strip()\n        unit.note("prepared_decision"',
        '        reason = reasons.get(row.reference, "").strip()\n        row.edited_at = unit.now\n'
        '        unit.note("prepared_decision"',
        ("tests/services/cohort/test_silence.py",),
    ),
    _Secret(
        "outcomes are read by whoever knows the reference",
        "gnlc_apply/queries/embargoed/decisions.py",
        "            visible_to(viewer, Permission.READ_AS_CITY) | visible_to(viewer, Permission.READ_AS_COMMISSION),",
        "            Application.id.is_not(None),",
        ("tests/queries/test_outcome.py::test_afterwards_each_city_reads_its_own",),
    ),
    _Secret(
        "a colleague's letter is anybody's letter",
        "gnlc_apply/queries/embargoed/decisions.py",
        "            OutboxMessage.person_id == viewer.person_id,\n",
        "",
        ("tests/queries/test_outcome.py::test_afterwards_each_city_reads_its_own",),
    ),
    _Secret(
        "the chair's workbook holds the decisions",
        "gnlc_apply/queries/embargoed/minutes.py",
        "    if not viewer.holds(Role.OFFICER, Role.DIRECTOR):\n        return []\n",
        "",
        ("tests/web/secretariat/test_ties.py::test_the_workbook_of_the_chair_holds_no_decision",),
    ),
    _Secret(
        "a conflicted officer's workbook holds that file's decision",
        "gnlc_apply/queries/embargoed/minutes.py",
        "        if row.reference in open_to_viewer\n",
        "",
        ("tests/web/secretariat/test_ties.py::test_the_workbook_leaves_out_the_decision_on_a_file_with_a_tie",),
    ),
    _Secret(
        "a conflicted officer sees the decision",
        "gnlc_apply/queries/embargoed/decisions.py",
        "    if not row.is_visible:\n        return bare\n",
        "",
        ("tests/queries/test_embargoed_doors.py::test_of_a_file_with_a_tie_only_the_name_is_loaded",),
    ),
    _Secret(
        "the decisions page asks for no role",
        "gnlc_apply/queries/embargoed/decisions.py",
        "    require(viewer, Permission.SEE_SECRETARIAT)\n    found = db.reader.execute(",
        "    found = db.reader.execute(",
        ("tests/queries/test_embargoed_doors.py::test_no_door_opens_for_an_outsider",),
    ),
    _Secret(
        "the decisions page refuses with another page than a missing one",
        "gnlc_apply/web/access.py",
        "    elif not can(actor, permission):\n        raise NotFound()",
        "    elif not can(actor, permission):\n        raise SignInNeeded()",
        (_DECISIONS + "test_outsiders_find_nothing",),
    ),
    _Secret(
        "the page of a missing thing has the reader's navigation",
        "gnlc_apply/web/errors.py",
        "    if status == 404:\n        page.navigation",
        "    if status == 410:\n        page.navigation",
        ("tests/web/applicant/test_journey.py::test_pages_of_a_city_are_alike_for_strangers_and_for_nothing",),
    ),
    _Secret(
        "administrators enter the secretariat",
        "gnlc_apply/permissions/policy.py",
        "    Permission.SEE_SECRETARIAT: secretariat,",
        "    Permission.SEE_SECRETARIAT: secretariat | administrator,",
        ("tests/test_roles.py",),
    ),
    _Secret(
        "administrators read mail",
        "gnlc_apply/permissions/policy.py",
        "    Permission.SEE_MAIL: secretariat,",
        "    Permission.SEE_MAIL: secretariat | administrator,",
        ("tests/test_roles.py",),
    ),
    _Secret(
        "jurors prepare the cohort",
        "gnlc_apply/permissions/policy.py",
        "    Permission.PREPARE_COHORT: secretariat,",
        "    Permission.PREPARE_COHORT: secretariat | holds(Role.JUROR),",
        ("tests/test_roles.py",),
    ),
    _Secret(
        "a header counts the lists that are locked",
        "gnlc_apply/web/headers.py",
        '    """``no-store`` unless the route was declared public with a way of caching."""\n',
        "    from sqlalchemy import text\n"
        "    from gnlc_apply.extensions import db\n"
        '    count = text("SELECT count(*) FROM cohort WHERE locked_at IS NOT NULL")\n'
        '    response.headers["X-Lists"] = str(db.reader.scalar(count))\n',
        ("tests/worlds/test_pairs.py::test_a_locked_and_armed_list_is_seen_by_nobody_outside",),
    ),
    _Secret(
        "withdrawing answers otherwise once the list is locked",
        "gnlc_apply/workflow/application.py",
        '            permission=Permission.OWN_AS_CITY,\n            mails=("withdrawn",),',
        "            permission=Permission.OWN_AS_CITY,\n            guards=(guards.list_not_locked,),\n"
        '            mails=("withdrawn",),',
        ("tests/worlds/test_posts.py::test_acts_tell_no_decision",),
    ),
    _Secret(
        "mail to cities tells the jury's score",
        "gnlc_apply/services/review.py",
        '    unit.note("submitted_review", "review", review.id, revision=review.revision)',
        '    unit.note("submitted_review", "review", review.id, revision=review.revision)\n'
        "    from gnlc_apply.services.moves import announce\n"
        '    announce(unit, "with_the_jury", reading.file, reason=paragraph)',
        (
            "tests/worlds/test_canaries.py::test_before_the_announcement_no_canary_sings_outside",
            "tests/worlds/test_pairs.py::test_a_score_is_seen_by_nobody_who_has_not_scored",
        ),
    ),
    # Mail waits.
    _Secret(
        "letters of a cohort do not wait for its announcement",
        _OUTBOX,
        "    is_time = and_(OutboxMessage.not_before <= now, or_(OutboxMessage.cohort_id.is_(None), announced))",
        "    is_time = and_(OutboxMessage.not_before <= now, or_(OutboxMessage.id.is_not(None), announced))",
        ("tests/mail/test_delivery.py::test_a_cohorts_letters_wait_for_its_announcement_at_sending_time",),
    ),
    _Secret(
        "mail leaves before its time",
        _OUTBOX,
        "    is_time = and_(OutboxMessage.not_before <= now, or_(",
        "    is_time = and_(OutboxMessage.not_before.is_not(None), or_(",
        ("tests/mail/test_not_before.py",),
    ),
    _Secret(
        "a message that goes out again forgets its time",
        _OUTBOX,
        'row.attempts, row.last_error, row.next_attempt_at = 0, "", max(unit.now, row.not_before)',
        'row.attempts, row.last_error, row.next_attempt_at = 0, "", unit.now\n    row.not_before = unit.now',
        ("tests/web/secretariat/test_mail.py::test_a_dead_message_goes_out_again_but_not_before_its_time",),
    ),
    _Secret(
        "a held installation sends",
        "gnlc_apply/services/outbox.py",
        "            row = None if instance.is_mail_held(session) else session.scalar(_due(now, 1))",
        "            row = session.scalar(_due(now, 1))",
        ("tests/mail/test_delivery.py::test_a_held_installation_sends_nothing",),
    ),
    _Secret(
        "mail about a file is read by officers with a conflict",
        "gnlc_apply/queries/mail.py",
        "    return or_(OutboxMessage.application_id.is_(None), not_(staff_conflict.where(viewer)))",
        "    return OutboxMessage.id.is_not(None)",
        ("tests/web/secretariat/test_mail.py::test_mail_about_a_file_is_not_for_whoever_has_a_conflict_in_it",),
    ),
    _Secret(
        "a subject may tell an outcome",
        "gnlc_apply/services/cohort/preparing.py",
        '        known = [which for which in PLACEHOLDERS[kind] if name == "body" or which not in OUTCOMES]',
        "        known = list(PLACEHOLDERS[kind])",
        ("tests/services/cohort/test_preparing.py::test_no_subject_tells_an_outcome",),
    ),
    # The announcement: not before, by two, of the list that was locked.
    _Secret(
        "announced before the instant",
        "gnlc_apply/workflow/cohort.py",
        "                _instant_reached,\n",
        "",
        (_ANNOUNCING + "test_never_before_the_instant",),
    ),
    _Secret(
        "announced after the window",
        "gnlc_apply/workflow/cohort.py",
        "                _within_window,\n",
        "",
        (_ANNOUNCING + "test_an_arming_lapses_and_can_be_made_again",),
    ),
    _Secret(
        "announced while somebody holds it",
        "gnlc_apply/workflow/cohort.py",
        "                _not_held,\n",
        "",
        (_ANNOUNCING + "test_a_stand_by_officer_announces_and_holds_another_does_not",),
    ),
    _Secret(
        "announced by a clock that jumped",
        "gnlc_apply/workflow/cohort.py",
        "                _clock_sound,\n",
        "",
        (_ANNOUNCING + "test_a_clock_that_jumped_announces_nothing",),
    ),
    _Secret(
        "announced although the list is another",
        "gnlc_apply/workflow/cohort.py",
        "                _no_withdrawals,\n                _list_unchanged,\n                _texts_unchanged,\n                _texts_confirmed,",
        "                _no_withdrawals,\n                _texts_unchanged,\n                _texts_confirmed,",
        (_ANNOUNCING + "test_what_slipped_past_the_lock_stops_the_announcement",),
    ),
    _Secret(
        "armed without a fresh second factor",
        "gnlc_apply/workflow/cohort.py",
        "            guards=(\n                _fresh,\n",
        "            guards=(\n",
        ("tests/workflow/test_cohort_guards.py",),
    ),
    _Secret(
        "armed weeks ahead",
        "gnlc_apply/workflow/cohort.py",
        "                _near_enough,\n",
        "",
        (_ANNOUNCING + "test_nothing_is_armed_more_than_72_hours_ahead",),
    ),
    _Secret(
        "armed without the typed title",
        "gnlc_apply/services/cohort/arming.py",
        "    if typed_title.strip() != row.title:",
        "    if not typed_title.strip():",
        (_ANNOUNCING + "test_arming_takes_another_director_fresh_with_the_title_typed",),
    ),
    _Secret(
        "the page for arming asks for no fresh second factor",
        "gnlc_apply/web/secretariat/announcement.py",
        "@requires(Permission.ARM_COHORT, is_fresh=True, is_once=True)\ndef arm(",
        "@requires(Permission.ARM_COHORT, is_once=True)\ndef arm(",
        (_COHORTS + "test_arming_asks_for_a_fresh_second_factor",),
    ),
    _Secret(
        "any officer announces",
        "gnlc_apply/permissions/policy.py",
        "    Permission.ANNOUNCE_COHORT: director | system | (secretariat & stand_by),",
        "    Permission.ANNOUNCE_COHORT: director | system | secretariat,",
        (_ANNOUNCING + "test_a_stand_by_officer_announces_and_holds_another_does_not",),
    ),
    _Secret(
        "locked with decisions missing",
        _COHORT,
        "            guards=(_has_instant, _nothing_unfinished),",
        "            guards=(_has_instant,),",
        (_LOCKING + "test_the_lock_waits_for_every_decision",),
    ),
    _Secret(
        "decisions change after the lock",
        "gnlc_apply/services/decision.py",
        "    if any(state is not CohortState.PREPARING for state in states):",
        "    if any(state is CohortState.ANNOUNCED for state in states):",
        (_LOCKING + "test_a_locked_list_takes_no_decision_back",),
    ),
    _Secret(
        "an unlocked list stays armed",
        "gnlc_apply/services/cohort/locking.py",
        "    clear_arming(row)\n    row.locked_at",
        "    row.locked_at",
        (_LOCKING + "test_two_persons_unlock",),
    ),
    _Secret(
        "a conflicted person turns a decision",
        "gnlc_apply/services/cohort/changing.py",
        "            Application.call_id == cohort.call_id,\n            visible_to(unit.actor, permission),",
        "            Application.call_id == cohort.call_id,",
        (_LOCKING + "test_a_conflicted_person_turns_nothing",),
    ),
    _Secret(
        "one person prepares and approves",
        "gnlc_apply/services/decision.py",
        "    own = [row for row in rows if prepared[row.id].prepared_by_id == actor.person_id]",
        "    own: list[Application] = []",
        ("tests/services/test_decision.py::test_nobody_approves_what_they_prepared",),
    ),
    _Secret(
        "a director approves what was not shown",
        "gnlc_apply/services/decision.py",
        "    if digest is not None and digest != digest_of(",
        "    if digest is not None and not digest_of(",
        ("tests/services/test_decision.py::test_a_director_approves_what_was_shown_and_nothing_else",),
    ),
    _Secret(
        "a conflicted person decides",
        "gnlc_apply/services/decision.py",
        "    kept_away = [row[0] for row in found if not row.is_permitted]",
        "    kept_away: list[Application] = []",
        ("tests/services/test_decision.py::test_a_conflict_keeps_a_person_from_one_file_and_all_of_a_batch",),
    ),
    _Secret(
        "a letter's key allows a second letter",
        "gnlc_apply/services/cohort/announcing.py",
        "        key=letter.key,\n",
        "",
        (_ANNOUNCING + "test_letters_have_one_key_each_and_frozen_texts",),
    ),
    _Secret(
        "letters do not wait for the announcement's commit",
        "gnlc_apply/services/cohort/announcing.py",
        "        cohort_id=row.id,\n        key=letter.key,",
        "        key=letter.key,",
        (_ANNOUNCING + "test_letters_have_one_key_each_and_frozen_texts",),
    ),
)
