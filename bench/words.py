"""Whose returns they are, and how they speak."""

from typing import Any

TENANT = "bench"

Json = dict[str, Any]
