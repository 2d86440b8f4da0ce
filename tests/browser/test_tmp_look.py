import os
import pytest
from django.contrib.auth.models import User
from adminmoves.vocabulary import MoveState, MoveType
from tests.browser.conftest import Visit
from tests.browser.looking import DESKTOP, PHONE, NARROW, axe_faults, shoot, sideways, hidden_stops
from tests.cast import MakeMove

WANT = os.environ.get("LOOK", "").split(",") if os.environ.get("LOOK") else [s.value for s in MoveState]

@pytest.mark.parametrize("state", WANT)
def test_look(state: str, visit: Visit, a_move: MakeMove, other_lead: User) -> None:
    move = a_move(MoveState(state), move_type=MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE, client_informed=False, note="Zuid weet dat de gebruikers opnieuw aangemaakt moeten worden.")
    who = other_lead
    faults = []
    for scheme in ("light", "dark"):
        for device, name in ((DESKTOP, "1280"), (PHONE, "390")):
            page = visit(f"/migraties/{move.number}/", who, color_scheme=scheme, **device)
            if scheme == "light" or name == "1280":
                shoot(page, f"move-{state}-{name}-{scheme}")
            faults += axe_faults(page)
            if name == "1280": faults += [("hidden", h) for h in hidden_stops(page)]
    page = visit(f"/migraties/{move.number}/", who, **NARROW)
    assert (sideways(page), faults) == (0, [])
