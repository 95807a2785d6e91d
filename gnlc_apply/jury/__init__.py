"""The mathematics of a jury: arrays and dataclasses in, dataclasses out. Knows no database, no request, no clock."""
