"""Databases of their own for tests that share one server."""

from typing import LiteralString
from uuid import uuid4

import psycopg
from psycopg import sql


async def new_database(server_url: str, purpose: str) -> str:
    """Make an empty one; gives its address. Its name begins with what it is for."""
    name = f"{purpose}_{uuid4().hex}"
    await _administer(server_url, "create database {}", name)
    return server_url.rsplit("/", 1)[0] + f"/{name}"


async def drop_database(server_url: str, address: str) -> None:
    """Throw one away, whoever is still connected."""
    await _administer(server_url, "drop database {} with (force)", address.rsplit("/", 1)[1])


async def _administer(server_url: str, statement: LiteralString, name: str) -> None:
    async with await psycopg.AsyncConnection.connect(server_url, autocommit=True) as owner:
        await owner.execute(sql.SQL(statement).format(sql.Identifier(name)))
