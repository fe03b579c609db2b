"""Warehouses and fulfilment: what comes back, and what goes out instead."""
