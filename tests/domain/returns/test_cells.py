"""Every cell of the tables through `decide`: allowed, it happens; refused, it does not.

Where the table has the move, whoever says it brings it about, and it leads where the table
says. Where it has not, a request is refused with a reason, and a report or a partner's
answer is taken without making that move: nothing that the world says breaks a return.
"""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from domain.returns import commands as c
from domain.returns.lifecycle import TABLES
from domain.words import Receipt
from tests.domain.returns.cells.cell import Cells
from tests.domain.returns.cells.of_labels import LABEL
from tests.domain.returns.cells.of_money import BILL, HOLD, MONEY
from tests.domain.returns.cells.of_the_whole import AUTHORISATION, LIFE
from tests.domain.returns.cells.of_transport import LOGISTICS
from tests.domain.returns.cells.of_units import RECEIPT
from tests.domain.returns.cells.of_verdicts import DECISION

ALL = (AUTHORISATION, LIFE, DECISION, RECEIPT, LOGISTICS, LABEL, MONEY, BILL, HOLD)
CELLS = [
    pytest.param(cells, state, move, id=f"{cells.axis}: {state or 'not there'} + {move}")
    for cells in ALL
    for state, move in cells.all()
]


@pytest.mark.parametrize(("cells", "state", "move"), CELLS)
def test_a_move_is_made_where_its_table_has_it_and_nowhere_else(
    cells: Cells, state: StrEnum | None, move: str
) -> None:
    known = cells.known(state, move)
    assert (state, move) in cells.instead or cells.look(known.state) == state
    command = cells.saying(state, move)(known)
    after = known.attempt(command)
    made = cells.moves(known, after)
    row = TABLES[cells.axis][state]
    if move in row:
        assert (state, move, row[move]) in made, (after.refusal, made)
    else:
        assert not [one for one in made if one[:2] == (state, move)], made
        assert isinstance(command, c.Ask) or after.refusal is None, after.refusal


OF_STRAYS: Mapping[StrEnum | None, set[str]] = {
    None: {"UnexpectedUnitReceived"},
    Receipt.UNEXPECTED: set(TABLES["receipt"][Receipt.UNEXPECTED]),
}
"""Drawn with the units, and followed on things of their own: what nobody announced."""


@pytest.mark.parametrize("axis", TABLES)
def test_no_cell_that_allows_something_is_left_out(axis: str) -> None:
    cells = next(known for known in ALL if known.axis == axis)
    played = set(cells.all())
    left = {
        (state, move)
        for state, row in TABLES[axis].items()
        for move in row
        if (state, move) not in played
        and not (axis == "receipt" and move in OF_STRAYS.get(state, ()))
    }
    assert not left
