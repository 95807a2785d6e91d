"""Messages: to whom, in which words, and out through the outbox."""
