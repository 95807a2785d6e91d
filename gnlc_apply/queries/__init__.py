"""Reads, one file per noun: rows or small dataclasses for one page; never writes."""
