"""How a client writes what it says: sealed, and in clear only where that is asked for."""

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter

from adapters.postgres.data_keys import DataKeys
from adapters.sealing.codec import converter_of
from adapters.sealing.settings import MASTER_KEY
from adapters.settings import SettingsError
from api.client.answers import Unavailable
from api.client.books import Books
from api.client.surroundings import Surroundings


async def converter_for(where: Surroundings, books: Books, tried: str) -> DataConverter:
    """Give the converter of a client.

    Raises:
        Unavailable: There is no key, or no database that keeps those of returns.
    """
    if where.payloads == "readable" and MASTER_KEY not in where.keys:
        return pydantic_data_converter
    try:
        wrapper = where.master_keys()
    except SettingsError as missing:
        raise Unavailable(where.temporal_name, tried, str(missing)) from missing
    async with books.pool(tried) as pool:
        return converter_of(DataKeys(pool, wrapper), where.namespace, where.payloads)
