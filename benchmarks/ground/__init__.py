"""The instance that is measured: as many rows as a large call has, written in bulk, everything invented and marked so."""
