"""Where partners are and what opens their doors; and how a variable that says so is read."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from adapters.misset import SettingsError

LOCAL_STACK_HINT = "set it, or start the local stack with `make up`"


class Access(BaseModel):
    """Where one partner is, and what opens its door."""

    model_config = ConfigDict(frozen=True)

    base_url: str
    api_key: str = Field(repr=False)


def url_of(env: Mapping[str, str], variable: str, schemes: tuple[str, ...]) -> str:
    url = env.get(variable, "")
    if not url:
        raise SettingsError(variable, f"a {schemes[0]}:// address ({LOCAL_STACK_HINT})")
    if urlsplit(url).scheme not in schemes:
        raise SettingsError(variable, f"an address that begins with {schemes[0]}://")
    return url


def optional_http_url(env: Mapping[str, str], variable: str) -> str | None:
    if not env.get(variable):
        return None
    return url_of(env, variable, ("https", "http")).rstrip("/")
