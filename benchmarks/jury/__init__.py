"""``./dev bench jury``: the jury's method in simulated worlds whose truth is known (jury-method.md §11)."""
