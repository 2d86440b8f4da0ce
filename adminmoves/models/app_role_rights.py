"""The rights of the app role: the one list of all that serving needs.

The command ``grant_app_role`` gives these rights and takes every other one; the guards
compare them with the database before anything serves.
"""

from collections.abc import Mapping

READ = ("SELECT",)
APPEND = (*READ, "INSERT")
CHANGE = (*APPEND, "UPDATE")
FULL = (*CHANGE, "DELETE")

GRANTS: Mapping[str, tuple[str, ...]] = {
    # Facts that people and moves change, and nobody removes.
    "adminmoves_administration": CHANGE,
    "adminmoves_aftercare": CHANGE,
    "adminmoves_attempt": CHANGE,
    "adminmoves_bookkeepingconnection": CHANGE,
    "adminmoves_cleanup": CHANGE,
    "adminmoves_connectiongrant": CHANGE,
    "adminmoves_connectionline": CHANGE,
    "adminmoves_document": CHANGE,
    "adminmoves_environment": CHANGE,
    "adminmoves_move": CHANGE,
    "adminmoves_packageprofile": CHANGE,
    "adminmoves_parties": CHANGE,
    "adminmoves_queueswitch": CHANGE,
    "adminmoves_retirement": CHANGE,
    # The record: what was said and done stays as it was said and done.
    "adminmoves_approvalloan": APPEND,
    "adminmoves_contributor": APPEND,
    "adminmoves_effect": APPEND,
    "adminmoves_event": APPEND,
    "adminmoves_evidencefile": APPEND,
    "adminmoves_eventwords": APPEND,
    "adminmoves_formerplace": APPEND,
    "adminmoves_loanend": APPEND,
    "adminmoves_proof": APPEND,
    "adminmoves_proofwords": APPEND,
    # Which folder or bucket is ours; said once.
    "adminmoves_storemark": APPEND,
    # Only the trail's trigger writes the heads, as the owner.
    "adminmoves_streamhead": READ,
    # Only triggers write what an administration is found by, as the owner.
    "adminmoves_administrationsearch": READ,
    "adminmoves_searchcode": READ,
    # What a package last showed, and the newest calls: not the record.
    "adminmoves_connectioncall": FULL,
    "adminmoves_connectionlist": CHANGE,
    # Who is alive; what is silent for a day is forgotten.
    "adminmoves_workerbeat": FULL,
    # What a run copied and what it left behind, until the clean-up.
    "adminmoves_documentcopy": FULL,
    "adminmoves_leftover": FULL,
    # Choices: removing one means "as it was by default".
    "adminmoves_checkseverity": FULL,
    "adminmoves_executionwindow": FULL,
    "adminmoves_freeze": FULL,
    "adminmoves_preferences": FULL,
    # Django's own. The roles are the schema's; people are switched off, not removed.
    "auth_group": READ,
    "auth_group_permissions": READ,
    "auth_permission": READ,
    "auth_user": CHANGE,
    "auth_user_groups": FULL,
    "auth_user_user_permissions": READ,
    "axes_accessattempt": FULL,
    "axes_accessattemptexpiration": FULL,
    "axes_accessfailurelog": FULL,
    "axes_accesslog": FULL,
    "django_admin_log": APPEND,
    "django_content_type": READ,
    "django_migrations": READ,
    "django_session": FULL,
}

EXECUTED: Mapping[str, str] = {
    # By guards and generated columns, which act as who writes, and by verify_audit.
    "adminmoves_code_key(text,text)": "how two codes compare",
    "adminmoves_event_digest(adminmoves_event)": "checked by who reads the trail",
    "adminmoves_fold(text)": "how a search compares codes",
    "adminmoves_is_ended(text)": "the states in which a move has ended",
    "adminmoves_is_open(text)": "the states in which a move holds its place",
    "adminmoves_is_seen(text)": "which signs nobody sees",
    "adminmoves_refuse(text,text)": "how a guard refuses",
    "adminmoves_require_retirable(bigint,text)": "what may be retired as things are",
    "adminmoves_word_pattern(text)": "how a search finds a typed word",
    "adminmoves_words(text)": "how names are compared and sorted",
}
"""Functions that the app role executes. Triggers need no such right, and a trigger's
function that it could execute would be one that it could put on a table of its own."""

OWNED = frozenset(
    {
        "adminmoves_codes_of_place(text,text,text,text)",
        "adminmoves_index_administrations(bigint[])",
    }
)
"""Functions that only triggers of the owner call; the app role does not."""
