"""The tests, which mirror the package; see docs/ for how they are run."""
