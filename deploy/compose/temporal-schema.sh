#!/bin/sh
# Makes the Temporal server's two databases, or brings them up to date; again to no effect.
set -eu
for database in temporal temporal_visibility; do
  tool() {
    temporal-sql-tool --plugin postgres12 --endpoint temporal-postgres --port 5432 \
      --user temporal --database "$database" "$@"
  }
  schema=/etc/temporal/schema/postgresql/v12/${database#temporal_}/versioned
  tool create-database
  tool setup-schema --version 0.0 || true  # it has one already
  tool update-schema --schema-dir "$schema"
done
