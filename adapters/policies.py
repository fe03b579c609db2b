"""Policies from files: YAML or JSON, one version to a document, all versions of one merchant.

YAML is read by the rules of 1.2: `NO` is Norway and a date is text, a key may not be given
twice. What comes out is then read exactly as JSON is, so both are held to one schema.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from adapters.misset import SettingsError
from domain.policy.policy import Policy, in_force
from domain.policy.reading import PolicyInvalid, read_policy

SHIPPED = Path(__file__).parents[1] / "demo" / "policy.yaml"
"""A real merchant's policy, for who has none yet."""


class Policies:
    """Every version of a policy that is known; which one judges an order is asked by date."""

    def __init__(self, versions: Iterable[Policy]) -> None:
        """Keep the versions.

        Raises:
            PolicyInvalid: There is none, they are of several policies, or one is given twice.
        """
        self._versions = tuple(versions)
        names = {policy.policy_id for policy in self._versions}
        numbers = [policy.version for policy in self._versions]
        if len(names) != 1:
            raise PolicyInvalid(f"expected versions of one policy, got {sorted(names) or 'none'}")
        if len(set(numbers)) != len(numbers):
            raise PolicyInvalid(f"version: one of {sorted(numbers)} is given twice")

    @classmethod
    def load(cls, *paths: Path) -> "Policies":
        """Read files, and the `.yaml`, `.yml` and `.json` files of folders; none: what is shipped.

        Raises:
            PolicyInvalid: A file is no policy; the message names the file and the place.
            OSError: A file cannot be read.
        """
        return cls(
            policy
            for path in paths or (SHIPPED,)
            for file in _files(path)
            for policy in _read(file)
        )

    def buy_only_by(self, accounts: Iterable[str]) -> None:
        """Hold every version to the contracts with carriers that there are.

        Raises:
            PolicyInvalid: A version names another: a label that it chose could not be bought.
        """
        there = set(accounts)
        for policy in self._versions:
            for where, account in _accounts_of(policy):
                if account not in there:
                    known = ", ".join(sorted(filter(None, there))) or "none"
                    raise PolicyInvalid(
                        f"policy {policy.policy_id} version {policy.version}: "
                        f"{where}.account: there is no account {account}, known "
                        f"are: {known}; BACKHAUL_CARRIER_ACCOUNTS and its keys make more"
                    )

    def in_force(self, at: datetime) -> Policy:
        """Pick the version that an order placed at `at` is judged by."""
        return in_force(self._versions, at)


def policies_of(path: Path | None, accounts: Iterable[str]) -> Policies:
    """Read what the merchant promises, as the surroundings name it; none: what is shipped.

    Raises:
        SettingsError: It cannot be read, or buys by a contract with a carrier that is not there.
    """
    try:
        policies = Policies.load(*([path] if path else []))
        policies.buy_only_by(accounts)
    except (OSError, PolicyInvalid) as unfit:
        raise SettingsError("BACKHAUL_POLICY", f"a policy that can be followed: {unfit}") from unfit
    return policies


def _accounts_of(policy: Policy) -> Iterator[tuple[str, str]]:
    """The contracts with carriers that a version names, and where."""
    named = {
        "transports": [served.account for served in policy.transports],
        "lots": [rule.account for rule in policy.lots],
    }
    for name, accounts in named.items():
        for place, account in enumerate(accounts):
            if account is not None:
                yield f"{name}.{place}", account


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.suffix in {".yaml", ".yml", ".json"})


def _read(file: Path) -> list[Policy]:
    """Read every document of a file; several are divided by `---`."""
    try:
        text = file.read_text(encoding="utf-8")
        documents = yaml.load_all(text, Loader=_PlainLoader)
        return [read_policy(json.dumps(document, default=str)) for document in documents]
    except yaml.YAMLError as broken:
        raise PolicyInvalid(f"{file.name}: is no YAML: {broken}") from broken
    except PolicyInvalid as invalid:
        raise PolicyInvalid(f"{file.name}: {invalid}") from invalid


class _PlainLoader(yaml.SafeLoader):
    """The scalars of YAML 1.2 that a policy needs, everything else is text; no key twice.

    Text that should have been a number is then refused by the policy, with its place.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - the signature of PyYAML
        mapping = super().construct_mapping(node, deep)
        if len(mapping) != len(node.value):
            place = node.start_mark
            raise yaml.constructor.ConstructorError(None, None, "a key is given twice", place)
        return mapping


_PlainLoader.yaml_implicit_resolvers = {}


def _resolve(tag: str, pattern: str, first: str) -> None:
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


_resolve("bool", r"^(?:true|false)$", "tf")
_resolve("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789")
_resolve("null", r"^null$", "n")
