"""All commands, and the one place where a program's end is decided."""

import logging
import os
import sys
from collections.abc import Sequence

import structlog
from cyclopts import App, CycloptsError

from adapters.settings import SettingsError
from adapters.telemetry.opening import telemetry
from api.cli import (
    asking,
    deciding,
    dropping,
    erasing,
    findings,
    keeping,
    keys,
    looking,
    lots,
    opening,
    orders,
    playing,
    quarantine,
    receipts,
    recoveries,
    rewrapping,
    setting_up,
    subscriptions,
    telling,
    wording,
)
from api.cli.desk import Exit

app = App(
    name="starter.py",
    help="Returns, from the first request to the last refund.",
    version_flags=(),
    result_action="return_value",
    exit_on_error=False,
)
GROUPS = (
    opening, looking, asking, deciding, telling, receipts, dropping, quarantine, orders, keeping, keys, findings,
    recoveries, lots, subscriptions, erasing, rewrapping, playing, setting_up, wording,
)  # fmt: skip
for group in GROUPS:
    app.update(group.app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command: 0 done, 1 refused, 2 wrong usage, 3 somebody needed is not there."""
    _keep_quiet()
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with telemetry("cli", metrics=False):
            code = app(tokens or ["--help"])
        sys.stdout.flush()
    except CycloptsError:  # told already
        return Exit.USAGE
    except SettingsError as wrong:
        return _say(str(wrong), Exit.USAGE)
    except KeyboardInterrupt:
        return _say("stopped; what was recorded is kept", 130)
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except Exception as defect:  # noqa: BLE001 the edge of the process; its text may be personal
        return _say(f"a defect of ours ({type(defect).__name__}); please report it", 3)
    return Exit.USAGE if not tokens else int(code or Exit.DONE)


def _keep_quiet() -> None:
    """Libraries may say what is wrong, on standard error; results have the other to themselves."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that knows ASCII only
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # we say it ourselves
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _say(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201
    return code
