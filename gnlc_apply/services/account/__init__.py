"""Accounts: getting in, roles, second factors, sessions. One file per verb or small group of verbs."""

from gnlc_apply.services.account.create import Created, create
from gnlc_apply.services.account.demonstration import enter_demonstration
from gnlc_apply.services.account.giving import Wish, give_role
from gnlc_apply.services.account.granting import deactivate, grant, reactivate, revoke
from gnlc_apply.services.account.inviting import accept_invitation, invite, invite_colleague, revoke_invitation
from gnlc_apply.services.account.password import ask_for_reset, change_password, prove_password, reset_password
from gnlc_apply.services.account.personal import export_own, export_person
from gnlc_apply.services.account.privacy import accept_privacy_notice
from gnlc_apply.services.account.profile import ask_address_change, change_profile, confirm_address
from gnlc_apply.services.account.registering import confirm_registration, register
from gnlc_apply.services.account.requesting import (
    ask_erasure,
    ask_for_role,
    ask_second_factor_reset,
    ask_to_let_in,
    confirm_request,
    refuse_request,
    reset_second_factor,
)
from gnlc_apply.services.account.second_factor import (
    confirm_second_factor,
    forget_devices,
    remember_device,
    renew_recovery_codes,
    show_second_factor,
    turn_off_second_factor,
    use_recovery_code,
)
from gnlc_apply.services.account.signing_in import (
    Entered,
    end_other_sessions,
    end_session,
    end_sessions_of,
    send_code,
    sign_in,
    sign_in_by_code,
    sign_out,
)

__all__ = [
    "Created",
    "Entered",
    "Wish",
    "accept_invitation",
    "accept_privacy_notice",
    "ask_address_change",
    "ask_erasure",
    "ask_for_reset",
    "ask_for_role",
    "ask_second_factor_reset",
    "ask_to_let_in",
    "change_password",
    "change_profile",
    "confirm_address",
    "confirm_registration",
    "confirm_request",
    "confirm_second_factor",
    "create",
    "deactivate",
    "end_other_sessions",
    "end_session",
    "end_sessions_of",
    "enter_demonstration",
    "export_own",
    "export_person",
    "forget_devices",
    "give_role",
    "grant",
    "invite",
    "invite_colleague",
    "prove_password",
    "reactivate",
    "refuse_request",
    "register",
    "remember_device",
    "renew_recovery_codes",
    "reset_password",
    "reset_second_factor",
    "revoke",
    "revoke_invitation",
    "send_code",
    "show_second_factor",
    "sign_in",
    "sign_in_by_code",
    "sign_out",
    "turn_off_second_factor",
    "use_recovery_code",
]
