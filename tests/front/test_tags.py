"""Tags and filters show what a page gives them; none asks the database."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from adminmoves import templatetags
from adminmoves.access import actor_for
from adminmoves.intake.draft.actions import edit_draft
from adminmoves.models import Move
from adminmoves.vocabulary import MoveState
from tests.builders import PARTIES, attest_as, submit
from tests.cast import MakeMove
from tests.intake.pages import url
from tests.intake.reversals import move_page, turn_back

pytestmark = pytest.mark.django_db
TAGS = Path(templatetags.__file__).parent
S = MoveState


class TagQueries(list[tuple[str, str]]):
    """Each query that a tag or filter asks: the function, and the SQL."""

    def __call__(
        self, execute: Callable[..., Any], sql: str, *args: Any, **kwargs: Any
    ) -> Any:
        for frame, _line in traceback.walk_stack(None):
            code = frame.f_code
            if Path(code.co_filename).parent == TAGS:
                self.append((code.co_name, sql))
        return execute(sql, *args, **kwargs)


def test_no_tag_asks_the_database(
    client: Client, a_move: MakeMove, agent: User, lead: User
) -> None:
    first, running = a_move(S.COMPLETED), a_move(S.RUNNING)
    back = turn_back(first, agent)
    edit_draft(back.pk, PARTIES, actor=actor_for(agent))

    with connection.execute_wrapper(queries := TagQueries()):
        client.force_login(agent)
        pages = [text_of(client, url(back, page)) for page in ("", "nalezen/")]
        submit(Move.objects.get(pk=back.pk), agent)
        attest_as(back, agent)
        client.force_login(lead)
        pages += [move_page(client, move) for move in (first, back)]
        pages += [text_of(client, path) for path in ("/akkoord/", "/?status=alle")]
        running_page = move_page(client, running)

    assert queries == []
    assert [first.number in page for page in pages] == [True] * 6
    assert 'id="run-overall"' in running_page


def text_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()
