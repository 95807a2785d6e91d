"""pretalx beside the product, from its own package in an environment of its own (``./dev bench --with pretalx``)."""
