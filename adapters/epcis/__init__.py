"""EPCIS 2.0, the neutral way in for warehouses: documents read, refused by field, put in our words."""
