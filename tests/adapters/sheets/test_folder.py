"""A folder of dropped tables: what lies still is given, and nothing that was not taken is moved."""

import os
import shutil
import time
from pathlib import Path

import pytest

from adapters.sheets.folder import UnusableFolder, lying_still, opened, set_aside

NOW = time.time()


def dropped(folder: Path, name: str, content: str = "sku\n", *, ago: float = 60) -> Path:
    path = folder / name
    path.write_text(content)
    os.utime(path, (NOW - ago, NOW - ago))
    return path


def test_tables_are_given_oldest_first_and_links_are_not_followed(tmp_path: Path) -> None:
    second = dropped(tmp_path, "b.csv", ago=30)
    first = dropped(tmp_path, "c.TSV", ago=90)
    (tmp_path / "link.csv").symlink_to(second)
    (tmp_path / "a.csv").mkdir()
    assert [each.path for each in lying_still(tmp_path, NOW)] == [first, second]


def test_what_was_written_anew_while_it_was_taken_stays_to_be_taken_again(tmp_path: Path) -> None:
    folder = opened(tmp_path)
    path = dropped(folder, "monday.csv")
    [found] = lying_still(folder, NOW)
    dropped(folder, "monday.csv", "sku\nSHIRT\n", ago=20)
    assert set_aside(found, "taken", "line\n") is None
    assert path.read_text() == "sku\nSHIRT\n"
    [again] = lying_still(folder, NOW)
    aside = set_aside(again, "taken", "line\n")
    assert aside is not None
    assert aside.read_text() == "sku\nSHIRT\n"
    assert not path.exists()


def test_one_name_may_come_every_day(tmp_path: Path) -> None:
    folder = opened(tmp_path)
    for content in ("monday\n", "tuesday\n"):
        dropped(folder, "dock.csv", content)
        [found] = lying_still(folder, NOW)
        set_aside(found, "taken", "line\n")
    taken = sorted(path.read_text() for path in (folder / "taken").glob("dock-????????.csv"))
    assert taken == ["monday\n", "tuesday\n"]


def test_a_folder_that_is_gone_is_said_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "dock"
    folder.mkdir()
    opened(folder)
    shutil.rmtree(folder)
    with pytest.raises(FileNotFoundError):
        list(lying_still(folder, NOW))
    with pytest.raises(UnusableFolder, match="there is no such folder"):
        opened(folder)
