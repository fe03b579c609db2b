"""What was said on the command line, as the domain takes it."""

import json
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from api.cli.desk import UnreadableError, UsageError
from domain.misfits import in_words
from domain.model import Id, Value
from domain.refusal import Refused

Told = TypeVar("Told", bound=Value)


def command_of(kind: type[Told], said: Any) -> Told:
    try:
        return kind.model_validate_json(json.dumps(said, default=str))
    except ValidationError as misfit:
        raise UnreadableError(Refused(code="invalid", because=in_words(misfit))) from None


def order_id_of(text: str) -> str:
    try:
        return TypeAdapter(Id).validate_python(text)
    except ValidationError:
        raise UsageError(f"{text[:60]}: expected the id of an order") from None
