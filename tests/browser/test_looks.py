"""What a picture shows and axe does not see: what lies over what, and in which tone."""

import pytest
from django.contrib.auth.models import User

from adminmoves.vocabulary import MoveState, MoveType
from tests.browser.conftest import Visit
from tests.browser.looking import DESKTOP, axe_faults, shoot
from tests.browser.world import make_connected
from tests.builders import (
    make_administration,
    make_connection,
    make_draft,
    put_on_record,
)
from tests.cast import MakeMove

BOTH = MoveType.MOVE_ENVIRONMENT_AND_CHANGE_CODE
LOW = {"viewport": {"width": 1280, "height": 600}}
NARROW = {"viewport": {"width": 961, "height": 800}}
COVERED = """(name) => [...document.querySelectorAll(`#decision [name=${name}]`)]
  .flatMap((box) => [box, box.closest("label")])
  .filter((part) => {
    scrollTo(0, 0);
    part.scrollIntoView({ block: "nearest" });
    const bar = document.querySelector("#decision .decide").getBoundingClientRect();
    return part.getBoundingClientRect().bottom > bar.top;
  }).length"""
CLIPPED = """() => [...document.querySelectorAll(".list, .qi, .qi > span")]
  .filter((part) => part.getBoundingClientRect().right
    > part.closest(".card").getBoundingClientRect().right)
  .map((part) => part.className)"""
TONE_OF = """(icon) => {
  const probe = document.body.appendChild(document.createElement("i"));
  const tones = ["green", "ink2"].filter((tone) => {
    probe.style.color = `var(--${tone})`;
    return getComputedStyle(probe).color === getComputedStyle(icon).color;
  });
  probe.remove();
  return tones.join();
}"""


@pytest.mark.parametrize("unfolded", ["", "Terugsturen met vraag", "Afwijzen"])
@pytest.mark.parametrize("device", [DESKTOP, LOW, NARROW], ids=["800", "600", "961"])
def test_what_is_scrolled_to_lies_under_no_button_of_a_decision(
    visit: Visit,
    a_move: MakeMove,
    lead: User,
    device: dict[str, object],
    unfolded: str,
    request: pytest.FixtureRequest,
) -> None:
    move = a_move(MoveState.AWAITING_APPROVAL, move_type=BOTH, client_informed=False)
    page = visit(f"/akkoord/?m={move}", lead, **device)
    if unfolded:
        page.locator("#decision summary", has_text=unfolded).click()
    shoot(page, f"decide-{request.node.callspec.id}", whole=False)

    covered = {name: page.evaluate(COVERED, name) for name in ("seen", "when")}

    assert page.locator("#decision [name=seen]").count() == 1
    assert covered == {"seen": 0, "when": 0}


def test_a_fold_is_green_only_where_all_is_well(
    visit: Visit, a_move: MakeMove, lead: User, administrator: User
) -> None:
    connection = make_connected(administrator)
    page = visit(f"/koppelingen/{connection.public_id}/", administrator)
    unplug = page.locator("summary", has_text="Verbreken").locator("svg").first
    passed = "summary:has-text('controles goed') svg"

    assert unplug.evaluate(TONE_OF) == "ink2"
    assert axe_faults(page) == []
    shoot(page, "connection-disconnect", whole=False)
    page.goto("/stijlgids/")
    assert page.locator(passed).first.evaluate(TONE_OF) == "green"


def test_no_list_is_wider_than_its_card(
    visit: Visit, a_move: MakeMove, lead: User
) -> None:
    site = "https://boekhouding.voorbeeldkantoor-noord-en-oost.example/multivers/api"
    connection = make_connection(package_environment="MVL-NOORD-1", base_url=site)
    administration = make_administration(
        connection, mail_address=f"{'lang' * 20}@voorbeeld.example"
    )
    other = make_connection(connection.environment, base_url=site)
    answers = {"move_type": MoveType.RELINK_CONNECTION, "to_connection": other}
    a_move(MoveState.AWAITING_APPROVAL, administration=administration, **answers)
    make_draft(lead, administration=make_administration(connection, name="Boek" * 30))
    put_on_record()
    page = visit("/voorkeuren/", lead)
    clipped = {}

    for path in (
        "/?status=alle",
        "/administraties/",
        f"/administraties/{administration.public_id}/",
        "/koppelingen/",
        "/historie/",
        "/zoeken/?q=boek",
        "/akkoord/",
    ):
        page.goto(path)
        assert page.locator(".list, .qi").count(), path
        for width in (1280, 720, 390):
            page.set_viewport_size({"width": width, "height": 800})
            clipped[path, width] = page.evaluate(CLIPPED)

    assert {place: parts for place, parts in clipped.items() if parts} == {}


COLOUR = "(part) => getComputedStyle(part).backgroundColor"


def test_forced_colours_hide_nothing_that_a_colour_says(
    visit: Visit, a_move: MakeMove, lead: User
) -> None:
    for state in (MoveState.COMPLETED, MoveState.AWAITING_APPROVAL):
        move = a_move(state)
    page = visit(f"/migraties/{move}/", lead, forced_colors="active")

    def differ(*parts: str) -> bool:
        found = [page.locator(part).first.evaluate(COLOUR) for part in parts]
        return len({*found, page.locator("body").evaluate(COLOUR)}) > len(found)

    chosen = differ(".seg-ctl :checked + span")
    step = differ(".stepper [aria-current] .dot")
    page.goto("/")
    legend = differ(".chart .k-ok", ".chart .k-bad")
    shoot(page, "forced-colours")
    assert (chosen, step, legend) == (True, True, True)
