"""The product's own source, read once and never run: what the rules in this folder look at."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

OURS = (
    "activities", "adapters", "api", "bench", "demo", "deploy", "domain", "projections",
    "sandbox", "tests", "workflows",
)  # fmt: skip


@dataclass(frozen=True)
class Module:
    """One file of ours, with its tree."""

    path: Path  # from the root
    text: str
    tree: ast.Module

    @property
    def area(self) -> str:
        """The folder or, for a program at the top level, the name: whose rules count."""
        return self.path.parts[0] if len(self.path.parts) > 1 else self.path.stem

    def __str__(self) -> str:
        return self.path.as_posix()


@cache
def modules(*areas: str) -> tuple[Module, ...]:
    """Read every module of these areas; of all, without a name."""
    found = [_module(path) for area in OURS for path in sorted((ROOT / area).rglob("*.py"))]
    found += [_module(path) for path in sorted(ROOT.glob("*.py"))]
    return tuple(module for module in found if not areas or module.area in areas)


@cache
def module(path: str) -> Module:
    """Read one file."""
    return _module(ROOT / path)


@cache
def _module(path: Path) -> Module:
    text = path.read_text("utf-8")
    return Module(path.relative_to(ROOT), text, ast.parse(text))


def imports(of: Module) -> Iterator[tuple[str, int]]:
    """Every (imported module, line), late imports included; `from a import b` counts as `a.b`.

    So a rule may allow `activities.recorded` and forbid `activities`, whichever way it is said.
    """
    for node in ast.walk(of.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def calls(of: Module | ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the dotted name of what is called, where it has one."""
    for node in ast.walk(of.tree if isinstance(of, Module) else of):
        if isinstance(node, ast.Call) and (name := dotted(node.func)):
            yield name, node


def dotted(node: ast.AST) -> str:
    """`a.b.c` for such an expression, else nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is kept; without a repository, every file that is not made by a tool."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout
        names = [ROOT / name for name in listed.split("\0") if name]
        return tuple(path for path in names if path.is_file())
    made = {line.strip("/") for line in (ROOT / ".gitignore").read_text().split()}
    return tuple(
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not made.intersection(path.relative_to(ROOT).parts)
    )
