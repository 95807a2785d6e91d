"""What every room may use and what knows nothing of cities: text, time, refusals, reference numbers."""
