"""Papers: rendered, kept by their checksum under the person's own key, and fetched once."""
