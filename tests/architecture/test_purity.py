"""What must give the same answer tomorrow and on another machine does not ask either."""

import ast

import pytest

from tests.architecture.source import Module, calls, dotted, modules

CLOCKS_AND_DICE = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "time.sleep",
    "uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4", "os.urandom", "secrets.token_hex", "open", "input",
}  # fmt: skip


FRACTIONS = {"domain/returns/doors.py"}  # reads what others send, fractions included


@pytest.mark.parametrize("module", modules("domain", "workflows"), ids=str)
def test_rules_and_workflows_never_ask_a_clock_or_roll_dice(module: Module) -> None:
    wrong = [
        f"{module}:{call.lineno} calls {name}"
        for name, call in calls(module)
        if name in CLOCKS_AND_DICE or name.removeprefix("datetime.") in CLOCKS_AND_DICE
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", modules("workflows"), ids=str)
def test_workflows_never_walk_a_set(module: Module) -> None:
    """Its order differs between two workers, and a replay does not see it."""
    wrong = [
        f"{module}:{walked.lineno} walks a set"
        for node in ast.walk(module.tree)
        if (walked := _walked(node)) is not None and _is_set(walked)
    ]
    assert not wrong, "\n".join(wrong)


def _walked(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        return node.iter
    if isinstance(node, ast.Starred):
        return node.value
    if isinstance(node, ast.Call) and dotted(node.func) in {
        "list", "tuple", "iter", "next", "enumerate", "zip", "map", "filter",
        "asyncio.wait", "asyncio.gather", "asyncio.as_completed",
    }:  # fmt: skip
        return node.args[0] if node.args else None
    return None


def _is_set(node: ast.expr) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub):
        return _is_set(node.left) or _is_set(node.right)
    return isinstance(node, ast.Call) and dotted(node.func) in {"set", "frozenset"}


def test_workflows_wait_for_tasks_in_their_own_order() -> None:
    """`asyncio.wait` gives sets; Temporal's own `workflow.wait` gives lists."""
    wrong = [
        f"{module}:{call.lineno}"
        for module in modules("workflows")
        for name, call in calls(module)
        if name in {"asyncio.wait", "asyncio.as_completed"}
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", modules("domain"), ids=str)
def test_no_amount_is_a_float(module: Module) -> None:
    if str(module) in FRACTIONS:
        return
    shown = {
        id(part)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FormattedValue)  # a percentage in a sentence is no amount
        for part in ast.walk(node)
    }
    wrong = [
        f"{module}:{node.lineno}"
        for node in ast.walk(module.tree)
        if id(node) not in shown
        and (
            (isinstance(node, ast.Name) and node.id == "float")
            or (isinstance(node, ast.Constant) and isinstance(node.value, float))
            or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
        )
    ]
    assert not wrong, "a quotient of whole numbers is //:\n" + "\n".join(wrong)
