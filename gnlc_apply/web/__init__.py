"""HTTP: addresses, forms and pages. Never SQLAlchemy, never a database session."""
