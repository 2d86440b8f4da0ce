"""What tests of the estate share."""

from collections.abc import Callable

import pytest

from adminmoves.execution import runner
from adminmoves.models import Attempt, Move


@pytest.fixture
def close(db: None) -> Callable[[Move], None]:
    """Take a running move as far as closing its administration."""

    def as_the_worker_does(move: Move) -> None:
        runner.prepare(
            Attempt.objects.get(move=move, ended_at=None)
        )  # halfway, as a death leaves it

    return as_the_worker_does
