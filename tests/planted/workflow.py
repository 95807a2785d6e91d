"""Faults in the life of an application, its quota, its signature, its deadlines and the check."""

from __future__ import annotations

from tests.planted.fault import Fault

_LIFE = "gnlc_apply/workflow/application.py"
_GUARDS = "gnlc_apply/workflow/guards.py"
_SIGNING = "gnlc_apply/services/signature/signing.py"
_SUBMIT = "tests/services/application/test_submit.py::"
_SIGN = "tests/services/test_signature.py::"
_TABLE = "tests/workflow/test_truth_table.py::"
_QUOTA = "tests/services/test_quota.py::"
_SCREEN = "tests/services/test_screening.py::"
_ENDORSE = "tests/services/test_endorsement.py::"
_SAVE = "tests/services/application/test_save.py::"

WORKFLOW = (
    Fault(
        "submitted after the deadline",
        _GUARDS,
        '    if case.now <= case.cities_deadline:\n        return None\n    return Text("The deadline was',
        '    if case.now.year <= case.cities_deadline.year:\n        return None\n    return Text("The deadline was',
        (_TABLE + "test_the_deadline_counts_to_the_microsecond", _TABLE + "test_when_it_is_not_the_time"),
    ),
    Fault(
        "a deadline ends one moment early",
        _GUARDS,
        '    if case.now <= case.cities_deadline:\n        return None\n    return Text("The deadline was',
        '    if case.now < case.cities_deadline:\n        return None\n    return Text("The deadline was',
        (_TABLE + "test_the_deadline_counts_to_the_microsecond",),
    ),
    Fault(
        "submitted incomplete",
        _LIFE,
        '                guards.complete,\n                guards.signed_or_may_follow,\n            ),\n            mails=("receipt", "commission_new_file"),',
        '                guards.signed_or_may_follow,\n            ),\n            mails=("receipt", "commission_new_file"),',
        (_SUBMIT + "test_what_is_missing_is_refused",),
    ),
    Fault(
        "submitted without the signature that the call demands",
        "gnlc_apply/workflow/guards.py",
        "    return None if case.has_signature or case.signature_may_follow else _missing(case)",
        "    return None if case.has_signature or case.call_is_open else _missing(case)",
        (_SUBMIT + "test_a_call_may_demand_the_signature_first",),
    ),
    Fault(
        "a changed text goes back to eligible unsigned",
        _GUARDS,
        '    if case.row.returned_from != "eligible" or case.has_signature:',
        '    if case.row.returned_from != "none":',
        ("tests/services/test_eligible_again.py::test_a_changed_text_is_signed_before_it_goes_back",),
    ),
    Fault(
        "the jury gets an unsigned file",
        _LIFE,
        "            guards=(guards.signed, guards.objection_time_over),",
        "            guards=(guards.objection_time_over,),",
        ("tests/services/test_eligible_again.py::test_the_jury_gets_no_unsigned_file",),
    ),
    Fault(
        "the jury does not wait for an objection",
        _LIFE,
        "            guards=(guards.signed, guards.objection_time_over),",
        "            guards=(guards.signed,),",
        ("tests/services/test_eligible_again.py::test_the_jury_waits_for_a_possible_objection",),
    ),
    Fault(
        "eligible without a signature",
        _LIFE,
        "                guards.signed,\n                guards.city_confirmed,",
        "                guards.city_confirmed,",
        (_SCREEN + "test_eligible_needs_signature_city_and_endorsement",),
    ),
    Fault(
        "eligible with no city confirmed",
        _LIFE,
        "                guards.signed,\n                guards.city_confirmed,",
        "                guards.signed,",
        (_SCREEN + "test_eligible_needs_signature_city_and_endorsement",),
    ),
    Fault(
        "a member city is found eligible",
        _LIFE,
        "                guards.not_a_member,\n                guards.objection_time_over,",
        "                guards.objection_time_over,",
        (_SCREEN + "test_a_member_city_is_not_eligible",),
    ),
    Fault(
        "a state that left is no obstacle",
        _LIFE,
        "                guards.state_may_apply,\n                guards.not_a_member,\n                guards.objection_time_over,",
        "                guards.not_a_member,\n                guards.objection_time_over,",
        (_SCREEN + "test_a_state_that_left_stops_the_file_at_the_check",),
    ),
    Fault(
        "a city below the smallest population is submitted",
        "gnlc_apply/services/application/content.py",
        "missing(self.form, self.answers, self.file_counts, self.smallest_population)",
        "missing(self.form, self.answers, self.file_counts)",
        ("tests/services/test_exceptions.py::test_a_city_below_the_smallest_population_cannot_sign_or_submit",),
    ),
    Fault(
        "endorsed without a free place",
        _LIFE,
        "            guards=(guards.before_commission_deadline, guards.place_free),",
        "            guards=(guards.before_commission_deadline,),",
        (_TABLE + "test_when_it_is_not_the_time",),
    ),
    Fault(
        "endorsed after the Commissions' deadline",
        _LIFE,
        "            guards=(guards.before_commission_deadline, guards.place_free),",
        "            guards=(guards.place_free,),",
        (_ENDORSE + "test_the_commissions_time_ends_with_its_deadline",),
    ),
    Fault(
        "revoked although the jury has the file",
        _LIFE,
        '            target="submitted",\n            permission=Permission.ACT_AS_COMMISSION,\n            guards=(guards.before_commission_deadline, guards.before_jury),',
        '            target="submitted",\n            permission=Permission.ACT_AS_COMMISSION,\n            guards=(guards.before_commission_deadline,),',
        (_TABLE + "test_when_it_is_not_the_time",),
    ),
    Fault(
        "an endorsement without a reason is refused nobody",
        _LIFE,
        '            guards=(guards.before_commission_deadline,),\n            mails=("not_endorsed",),\n            needs_reason=True,',
        '            guards=(guards.before_commission_deadline,),\n            mails=("not_endorsed",),',
        (_TABLE + "test_a_reason_is_demanded", _ENDORSE + "test_declining_needs_a_reason"),
    ),
    Fault(
        "an exception of one person enlarges the quota",
        "gnlc_apply/services/quota.py",
        "            QuotaException.country == country,\n            QuotaException.confirmed_at.is_not(None),",
        "            QuotaException.country == country,",
        ("tests/services/test_call.py::test_an_exception_of_the_quota_takes_two_persons",),
    ),
    Fault(
        "withdrawing keeps the place",
        "gnlc_apply/services/application/submit.py",
        "    for purpose in (PlacePurpose.ENDORSEMENT, PlacePurpose.APPROVAL):",
        "    for purpose in (PlacePurpose.APPROVAL,):",
        (_QUOTA + "test_withdrawing_frees_the_place",),
    ),
    Fault(
        "approving takes no place",
        "gnlc_apply/services/decision.py",
        "    _take_places(unit, [row for row in fresh if prepared[row.id].outcome is Outcome.APPROVED])",
        "    _take_places(unit, [])",
        ("tests/services/test_decision.py::test_approving_takes_a_place_and_the_quota_is_hard",),
    ),
    Fault(
        "approved unread",
        "gnlc_apply/services/decision.py",
        "[row.id for row in rows]), Recommendation.readers > 0",
        "[row.id for row in rows]), Recommendation.readers >= 0",
        ("tests/services/test_decision.py::test_nobody_is_approved_unread",),
    ),
    Fault(
        "a departure without a reason",
        "gnlc_apply/services/decision.py",
        "    _require_reasons(_recommended(unit, rows), rows, outcomes, reasons)",
        "    _recommended(unit, rows)",
        ("tests/services/test_decision.py::test_departing_from_the_recommendation_needs_a_reason",),
    ),
    Fault(
        "a withdrawn file stays with its readers",
        "gnlc_apply/services/application/submit.py",
        "    release_readers(unit, row)\n",
        "",
        ("tests/services/test_assignment.py::test_a_withdrawn_file_leaves_its_readers_and_they_are_told",),
    ),
    Fault(
        "the Commission is not told of a change",
        "gnlc_apply/services/application/submit.py",
        '    if left in ("endorsed", "eligible"):',
        '    if left in ("eligible",):',
        (_SUBMIT + "test_the_commission_is_told_of_a_change_and_has_five_working_days",),
    ),
    # Answers.
    Fault(
        "a second editor overwrites the first",
        "gnlc_apply/services/application/save.py",
        "        if self.versions.get(question.key, version) != version:\n            self.clashes",
        "        if self.versions.get(question.key, version) > version:\n            self.clashes",
        (_SAVE + "test_a_second_editor_loses_nothing",),
    ),
    Fault(
        "an untouched answer clashes",
        "gnlc_apply/services/application/save.py",
        "        return self.versions.get(key, version) != version and self.seen.get(key) == fingerprint(value)",
        "        return False",
        (_SAVE + "test_an_untouched_answer_never_clashes",),
    ),
    Fault(
        "a return opens everything",
        "gnlc_apply/services/application/save.py",
        "        outcome.take(question, raw, may_change=is_open(question, named))",
        "        outcome.take(question, raw, may_change=True)",
        (_SAVE + "test_a_return_opens_only_what_it_names",),
    ),
    Fault(
        "viewers write",
        "gnlc_apply/permissions/policy.py",
        "    Permission.EDIT_AS_CITY: city_editor,",
        "    Permission.EDIT_AS_CITY: city,",
        (_SAVE + "test_strangers_find_nothing_and_viewers_may_not",),
    ),
    Fault(
        "editors submit for the owner what only the owner may",
        "gnlc_apply/permissions/policy.py",
        "    Permission.OWN_AS_CITY: city_owner,",
        "    Permission.OWN_AS_CITY: city_editor,",
        ("tests/services/application/test_begin.py::test_ownership_roles_and_leaving",),
    ),
    # The signature.
    Fault(
        "any code signs",
        _SIGNING,
        "    if found is None:\n        raise WrongCode()",
        "    if found is None and not digits:\n        raise WrongCode()",
        (_SIGN + "test_wrong_old_and_foreign_codes",),
    ),
    Fault(
        "an old code signs",
        _SIGNING,
        "            OneTimeToken.used_at.is_(None),\n            OneTimeToken.expires_at > unit.arrived_at,",
        "            OneTimeToken.used_at.is_(None),",
        (_SIGN + "test_wrong_old_and_foreign_codes",),
    ),
    Fault(
        "codes can be tried out",
        _SIGNING,
        "        record.count_guess(key)\n        raise",
        "        raise",
        (_SIGN + "test_codes_cannot_be_tried_out",),
    ),
    Fault(
        "codes without end",
        _SIGNING,
        "    if (unit.session.scalar(codes) or 0) >= CODES_A_DAY:",
        "    if (unit.session.scalar(codes) or 0) >= 1000 * CODES_A_DAY:",
        (_SIGN + "test_nobody_is_flooded",),
    ),
    Fault(
        "signed with no tick",
        _SIGNING,
        "    if not is_ticked:\n",
        "    if is_ticked is None:\n",
        (_SIGN + "test_name_title_function_and_tick_are_needed",),
    ),
    Fault(
        "signed although the text was changed",
        _SIGNING,
        "    if now_standing.sha256 == version_digest:\n        return\n",
        "    if now_standing.sha256:\n        return\n",
        (_SIGN + "test_a_text_changed_in_between_is_refused_with_the_difference",),
    ),
    Fault(
        "a link that ended signs",
        _SIGNING,
        "    if unit.arrived_at > request.expires_at:",
        "    if request.expires_at is None:",
        (_SIGN + "test_links_end",),
    ),
    Fault(
        "an edit leaves the signature",
        "gnlc_apply/services/application/save.py",
        "    if outcome.changed and ground.row.signature_id is not None:",
        "    if outcome.changed and ground.row.signature_id == 0:",
        (_SIGN + "test_an_edit_voids_the_signature_and_says_so",),
    ),
    Fault(
        "a letter of another text counts",
        "gnlc_apply/services/signature/letter.py",
        "    if code != version.short_code:",
        "    if not code:",
        (_SIGN + "test_a_letter_of_another_text_is_refused",),
    ),
    Fault(
        "a letter counts unseen",
        _GUARDS,
        "    if case.signature_awaits_confirmation:",
        "    if case.signature_awaits_confirmation and not case.has_signature:",
        (
            "tests/workflow/test_truth_table.py::test_when_it_is_not_the_time",
            "tests/web/secretariat/test_screening.py::test_eligible_step_by_step",
        ),
    ),
    # The check.
    Fault(
        "final before the city's ten days are over",
        "gnlc_apply/services/screening.py",
        "            ScreeningCheck.reply_due_at < cases.settled(unit),",
        "            ScreeningCheck.reply_due_at.is_not(None),",
        (_SCREEN + "test_ineligible_gives_ten_days_then_frees_the_place",),
    ),
    Fault(
        "a reply does not stop the clock",
        "gnlc_apply/services/screening.py",
        "            ScreeningCheck.final_at.is_(None),\n            ScreeningCheck.replied_at.is_(None),",
        "            ScreeningCheck.final_at.is_(None),",
        (_SCREEN + "test_a_reply_waits_for_an_officer",),
    ),
    Fault(
        "reversed without a place",
        "gnlc_apply/services/screening.py",
        "    if not case.is_endorsement_running:\n        call",
        "    if case.is_endorsement_running:\n        call",
        (
            _SCREEN + "test_reversing_a_final_finding_needs_a_free_place",
            _SCREEN + "test_reversing_keeps_the_place_while_it_is_held",
        ),
    ),
    Fault(
        "an official of the city acts for the Commission",
        "gnlc_apply/permissions/policy.py",
        "    Permission.ACT_AS_COMMISSION: commission_of & submitted & ~city,",
        "    Permission.ACT_AS_COMMISSION: commission_of & submitted,",
        (_ENDORSE + "test_an_official_of_the_city_does_not_act_for_the_commission",),
    ),
)
