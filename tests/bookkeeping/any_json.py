"""Any JSON, and good answers that went wrong in a few places."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

MANY = settings(
    suppress_health_check={
        *settings().suppress_health_check,
        HealthCheck.function_scoped_fixture,
    }
)
"""A connection is made once and asked for every example."""


def any_json(names: Sequence[str], leaves: Sequence[object]) -> st.SearchStrategy[Any]:
    """Values of any depth; ``names`` and ``leaves`` are those that mean something.

    Also what JSON can say and a database cannot hold: NUL, halves of a character.
    """
    text = st.text(st.characters())
    leaf = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | text
        | st.sampled_from(leaves)
    )
    return st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(names) | text, inner, max_size=6)
        ),
        max_leaves=15,
    )


@st.composite
def gone_wrong(draw: st.DrawFn, good: object, values: st.SearchStrategy[Any]) -> object:
    """``good`` with one to three of its values replaced or left out."""
    whole = [copy.deepcopy(good)]
    for _time in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(_places(whole))))
        if holder is whole or draw(st.booleans()):
            holder[key] = draw(values)
        else:
            del holder[key]
    return whole[0]


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    """Where a value stands: in which dict or list, under which name or number."""
    inside = holder.items() if isinstance(holder, dict) else enumerate(holder)
    for key, value in list(inside):
        yield holder, key
        if isinstance(value, dict | list):
            yield from _places(value)
