"""What is wished at doors that are no commands of a return: read as bodies are, never before."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from domain.model import Id, Short, Value

LONGEST_LINK = timedelta(days=90)


class LinkWish(Value):
    """For how long."""

    hours: Annotated[int, Field(ge=1, le=int(LONGEST_LINK.total_seconds() // 3600))] = 24 * 14


class ErasureWish(Value):
    """Who is to be forgotten, as orders name them, and the id of the wish, such as a ticket's."""

    customer_id: Id
    reference: Id


class EndingWish(Value):
    """Why news that waits is ended, such as a ticket; it names nobody."""

    because: Annotated[Short, StringConstraints(min_length=1)]
