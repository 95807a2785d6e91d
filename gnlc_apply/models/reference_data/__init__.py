"""Facts about states and places that no office changes: codes of countries, capitals, the gazetteer."""
