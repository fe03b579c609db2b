"""Small enough to be read at once, and honest about what goes wrong."""

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, calls, dotted, modules

LONGEST_FILE = 300
LONGEST_FUNCTION = 60

EDGES = {
    "adapters/subscriptions/bell.py",  # a task of the process: steps go on while nobody rings
    "api/cli/app.py",  # the command line: a defect of ours is one line, and exit code 3
    "api/problems.py",  # HTTP: a defect of ours is an answer, and the server goes on
    "api/relay.py",  # a task of the process: webhooks go on being taken meanwhile
    "projections/runner.py",  # a task of the process: one read model must not stop another
}
"""Where a process ends, and whatever goes wrong must be caught because nobody else would."""


def test_a_file_is_one_idea() -> None:
    lengths = [(module, len(module.text.splitlines())) for module in modules()]
    too_long = [f"{module}: {lines} lines" for module, lines in lengths if lines > LONGEST_FILE]
    assert not too_long, "split by what it is about:\n" + "\n".join(too_long)


def test_a_function_fits_on_one_screen() -> None:
    too_long = [
        f"{module}:{node.lineno} {node.name}: {lines} lines"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not too_long, "\n".join(too_long)


def test_only_the_edge_of_a_process_swallows_everything() -> None:
    wrong = [
        f"{module}:{handler.lineno}"
        for module in modules()
        if str(module) not in EDGES
        for handler in _swallowing(module)
    ]
    assert not wrong, "name what may go wrong, or raise it again:\n" + "\n".join(wrong)


def test_every_edge_still_swallows_something() -> None:
    known = {str(module): module for module in modules()}
    assert [name for name in sorted(EDGES) if not list(_swallowing(known[name]))] == []


def _swallowing(module: Module) -> Iterator[ast.ExceptHandler]:
    """Handlers of everything that neither raise it again nor hand it to whoever waits for it."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        broad = any(
            kind is None or dotted(kind) in {"Exception", "BaseException"} for kind in caught
        )
        last = node.body[-1]
        raised = isinstance(last, ast.Raise) and last.exc is None
        handed_on = any(name.endswith(".set_exception") for name, _ in calls(node))
        if broad and not raised and not handed_on:
            yield node
