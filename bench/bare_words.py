"""What passes between the bare workflow and its activities: as much as in the engine."""

from datetime import datetime

from pydantic import BaseModel


class Said(BaseModel):
    """Something to be recorded."""

    tenant: str
    return_id: str
    now: datetime
    kind: str
    name: str
    body: str


class Order(BaseModel):
    """Something to be done."""

    tenant: str
    return_id: str
    step_id: str
    now: datetime


class Done(BaseModel):
    """An answer that is as long as the engine's."""

    accepted: bool = True
    filling: str
