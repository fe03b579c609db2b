"""Policies from files: the file and the place are named, and YAML means what JSON means."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.misset import SettingsError
from adapters.policies import Policies, policies_of
from domain.policy.reading import PolicyInvalid
from tests.domain.policy.policies import SMALL, policy

TODAY = datetime(2026, 6, 1, tzinfo=UTC)


def written(folder: Path, name: str, *documents: dict[str, Any]) -> Path:
    file = folder / name
    file.write_text(yaml.safe_dump_all(documents), encoding="utf-8")
    return file


def test_yaml_and_json_give_the_same_policy(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(SMALL), encoding="utf-8")
    from_json = Policies.load(file).in_force(TODAY)
    from_yaml = Policies.load(written(tmp_path, "policy.yaml", SMALL)).in_force(TODAY)
    assert from_json == from_yaml == policy()


def test_the_versions_of_a_folder_are_one_policy(tmp_path: Path) -> None:
    written(tmp_path, "1.yaml", SMALL)
    written(tmp_path, "2.yaml", {**SMALL, "version": 2, "in_force_from": "2026-05-01T00:00:00Z"})
    (tmp_path / "README.md").write_text("not a policy", encoding="utf-8")
    known = Policies.load(tmp_path)
    assert known.in_force(TODAY).version == 2
    assert known.in_force(datetime(2026, 4, 30, tzinfo=UTC)).version == 1


def test_one_file_may_hold_several_versions(tmp_path: Path) -> None:
    second = {**SMALL, "version": 2, "in_force_from": "2026-05-01T00:00:00Z"}
    assert Policies.load(written(tmp_path, "all.yaml", SMALL, second)).in_force(TODAY).version == 2


def test_norway_is_a_country_and_a_date_is_text(tmp_path: Path) -> None:
    text = json.dumps(SMALL).replace('"restock_hub": {"*"', '"restock_hub": {NO: hub-de, "*"')
    text = text.replace('"2026-01-01T00:00:00Z"', "2026-01-01T00:00:00Z")
    file = tmp_path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    known = Policies.load(file).in_force(TODAY)
    assert known.restock_hub["NO"] == "hub-de"
    assert known.in_force_from == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("policy_id: a\npolicy_id: b\n", "policy.yaml: is no YAML: a key is given twice"),
        ("windows: [", "policy.yaml: is no YAML"),
        ("policy_id: !!python/object:os.system {}\n", "policy.yaml: is no YAML"),
        ("- 1\n", "policy.yaml: policy: Input should be an object"),
        (json.dumps({**SMALL, "version": 1.5}), "policy.yaml: version: Input should be"),
    ],
    ids=["doubled key", "cut off", "a program", "a list", "a fraction"],
)
def test_a_file_that_is_no_policy_is_refused_by_name_and_place(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyInvalid) as refused:
        Policies.load(file)
    assert told in str(refused.value)


def test_an_empty_folder_is_no_policy(tmp_path: Path) -> None:
    with pytest.raises(PolicyInvalid, match="got none"):
        Policies.load(tmp_path)


def test_two_policies_are_not_versions_of_one(tmp_path: Path) -> None:
    written(tmp_path, "1.yaml", SMALL, {**SMALL, "policy_id": "other", "version": 2})
    with pytest.raises(PolicyInvalid, match="versions of one policy"):
        Policies.load(tmp_path)


def test_a_version_is_given_once(tmp_path: Path) -> None:
    written(tmp_path, "1.yaml", SMALL, SMALL)
    with pytest.raises(PolicyInvalid, match="is given twice"):
        Policies.load(tmp_path)


def test_a_version_that_buys_by_a_contract_that_is_not_there_is_named(tmp_path: Path) -> None:
    foreign = {**SMALL["transports"][0], "account": "dhl-uk"}
    later = {**SMALL, "version": 2, "in_force_from": "2026-05-01T00:00:00Z"}
    later["transports"] = [*SMALL["transports"], foreign]
    known = Policies.load(written(tmp_path, "policy.yaml", SMALL, later))
    known.buy_only_by(["", "dhl", "dhl-uk"])
    place = len(SMALL["transports"])
    with pytest.raises(SettingsError, match=rf"version 2: transports\.{place}\.account: .* dhl-uk"):
        policies_of(tmp_path / "policy.yaml", ["", "dhl"])


def test_a_lot_that_travels_by_a_contract_that_is_not_there_is_named(tmp_path: Path) -> None:
    rule = {"disposition": "donate", "counterparty": "charity"}
    lots = [rule, {**rule, "disposition": "recycle", "account": "freight"}]
    written(tmp_path, "policy.yaml", {**SMALL, "lots": lots})
    assert policies_of(tmp_path / "policy.yaml", ["", "freight"])
    with pytest.raises(SettingsError, match=r"version 1: lots\.1\.account: .* freight"):
        policies_of(tmp_path / "policy.yaml", [""])
