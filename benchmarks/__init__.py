"""The product measured as users run it, beside a bare floor: ``./dev bench``. What is required stands in ``rows.py``."""
