"""Tables of receipts, for warehouses that have no API but can save a file."""
