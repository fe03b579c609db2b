"""The one base of everything that is said or recorded: strict, closed, never changed."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from domain.countries import COUNTRIES


class Value(BaseModel):
    """A fact or a word between parts. Unknown fields and loose types are refused by name."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise ValueError("expected a country's two letters by ISO 3166-1, as DE")
    return code


# Ids come from outside and end up in workflow ids, URLs and reports: no slash, no space.
Id = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$")]
Text = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
Short = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(_country)]
# The largest amount that still fits a 64-bit column after a million of them are added up.
Minor = Annotated[int, Field(ge=0, le=10**12)]
Quantity = Annotated[int, Field(ge=1, le=1_000)]
# A time that a deadline can be counted from: beside it lies the end of what a date can say.
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Moment = Annotated[
    AwareDatetime,
    Field(
        ge=_EARLIEST,
        lt=_LATEST,
        json_schema_extra={"pattern": r"^(19[7-9][0-9]|2[01][0-9]{2})-"},  # no word for the limits
    ),
]
