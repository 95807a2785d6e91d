"""What strings several commands together: demo, rehearsal, tick, worker."""
