"""What is named in one place and kept in another: every name has its other half."""

import ast
from collections.abc import Iterator, Mapping

import pytest

from adapters.mail.rendering import FACTS, LANGUAGES, TEMPLATES
from domain.lots.commands import LOT_UPDATES
from domain.orders.refunds.commands import STAFF_ASKS
from domain.recoveries.commands import RECOVERY_UPDATES
from domain.returns.commands import SIGNALS, UPDATES
from domain.returns.telling import TOLD
from tests.architecture.source import calls, dotted, module, modules
from workflows.options import COMPARING, DELIVERING, GATHERING, PERFORMING, RECOVERING, REFUNDING


def test_every_update_has_its_handler() -> None:
    handlers = {
        call.args[0].value
        for name, call in calls(module("workflows/returns.py"))
        if name == "asks" and isinstance(call.args[0], ast.Constant)
    }
    assert handlers == set(UPDATES)


def test_every_signal_has_its_handler_and_says_its_name() -> None:
    """One handler takes them all; its description is what the UI shows of them."""
    handlers = [
        node
        for node in ast.walk(module("workflows/returns.py").tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and any(_is_dynamic_signal(decorator) for decorator in node.decorator_list)
    ]
    assert len(handlers) == 1
    told = ast.get_docstring(handlers[0]) or ""
    assert [name for name in SIGNALS if name not in told] == []


def _is_dynamic_signal(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and dotted(node.func) == "workflow.signal"
        and any(word.arg == "dynamic" for word in node.keywords)
    )


def test_every_step_of_ours_is_tried_in_its_own_way() -> None:
    assert set(_performed()) == set(PERFORMING)


def _performed() -> Iterator[str]:
    """The activities that steps of the agenda name: what `we_must`, by its second argument."""
    for part in modules("domain"):
        for name, call in calls(part):
            if name.rpartition(".")[2] == "we_must" and isinstance(call.args[1], ast.Constant):
                yield str(call.args[1].value)


def test_every_step_of_ours_is_performed_in_its_queue() -> None:
    registered = {
        (str(queue.value), performer.attr)
        for table in ast.walk(module("wiring.py").tree)
        if isinstance(table, ast.Dict)
        for queue, performers in zip(table.keys, table.values, strict=True)
        if isinstance(queue, ast.Constant) and isinstance(performers, ast.List)
        for performer in performers.elts
        if isinstance(performer, ast.Attribute)
    }
    tried = {**PERFORMING, **RECOVERING, **GATHERING, **COMPARING, **REFUNDING, **DELIVERING}
    assert registered == {(trying.queue, name) for name, trying in tried.items()}


def test_every_activity_is_a_step_a_comparison_a_refund_a_delivery_or_a_recording() -> None:
    named = {
        node.name
        for part in modules("activities")
        for node in ast.walk(part.tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and any(dotted(decorator) == "activity.defn" for decorator in node.decorator_list)
    }
    recordings = {"record", "record_recovery", "record_lot", "settle_finding", "record_refund"}
    steps = {*PERFORMING, *RECOVERING, *GATHERING, *COMPARING, *REFUNDING, *DELIVERING}
    assert named == steps | recordings


@pytest.mark.parametrize(
    ("path", "updates"),
    [
        ("workflows/refunds.py", STAFF_ASKS),
        ("workflows/recoveries.py", RECOVERY_UPDATES),
        ("workflows/lots.py", LOT_UPDATES),
    ],
)
def test_every_ask_beside_returns_has_its_handler(path: str, updates: Mapping[str, object]) -> None:
    handlers = {
        call.args[0].value
        for name, call in calls(module(path))
        if name == "asks_of" and isinstance(call.args[0], ast.Constant)
    }
    assert handlers == set(updates)


def _told() -> set[str]:
    planned = {
        str(call.args[1].value)
        for part in modules("domain")
        for name, call in calls(part)
        if name == "plan_notice" and isinstance(call.args[1], ast.Constant)
    }
    return planned | {template for template, _ in TOLD.values()}


def test_every_message_is_written_in_every_language() -> None:
    missing = [
        f"{language}/{template}"
        for language in LANGUAGES
        for template in sorted(_told())
        if not (TEMPLATES / language / f"{template}.txt.j2").is_file()
    ]
    assert not missing, ", ".join(missing)


def test_every_message_says_which_facts_it_shows() -> None:
    assert _told() == set(FACTS)


def test_no_language_has_a_message_that_nobody_sends() -> None:
    sent = _told() | {"frame", "facts"}
    unsent = [
        f"{path.parent.name}/{path.name}"
        for path in sorted(TEMPLATES.glob("*/*.j2"))
        if path.name.removesuffix(".txt.j2") not in sent
    ]
    assert not unsent, ", ".join(unsent)
