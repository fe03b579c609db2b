"""What is kept is for everybody: no trace of the machine it was written on."""

import os
import re
from configparser import ConfigParser, Error
from pathlib import Path
from urllib.parse import urlsplit

from tests.architecture.source import ROOT, tracked_files

MACHINE = re.compile(
    r"(?<![\w.:/])/(?:home|root|Users|work|workspace|opt|mnt|builds)/[\w.-]+"  # a path
    r"|\bpyp[i]\.org|\bpython[h]osted\.org|\bindex[-_]url\b|\bfind[-_]links\b|\btrusted[-_]host\b"
)
TEXT_LIMIT = 2_000_000


def _texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked_files():
        raw = path.read_bytes()
        if len(raw) <= TEXT_LIMIT and b"\0" not in raw:
            found.append((path.relative_to(ROOT), raw.decode("utf-8", "replace")))
    return found


def test_no_file_names_a_path_of_a_machine_or_a_registry() -> None:
    wrong = [
        f"{path}:{text.count(chr(10), 0, hit.start()) + 1}: {hit.group()}"
        for path, text in _texts()
        for hit in MACHINE.finditer(text)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_file_names_where_this_machine_gets_its_packages() -> None:
    names = _own_names()
    wrong = [f"{path} holds {name}" for path, text in _texts() for name in names if name in text]
    assert not wrong, "\n".join(wrong)


def _own_names() -> set[str]:
    """This checkout's folder, and the hosts of the package index that pip was told of."""
    addresses = [os.environ.get(f"{tool}_INDEX_URL", "") for tool in ("PIP", "PIP_EXTRA", "UV")]
    for file in ("/etc/pip.conf", "~/.config/pip/pip.conf", "~/.pip/pip.conf"):
        settings = ConfigParser(interpolation=None)
        try:
            settings.read(Path(file).expanduser())
        except Error:
            continue
        for section in settings.sections():
            addresses += [
                settings[section].get(f"{key}-url", "") for key in ("index", "extra-index")
            ]
    hosts = {urlsplit(address).hostname for text in addresses for address in text.split()}
    return {str(ROOT), *(host for host in hosts if host and host != "localhost")}
