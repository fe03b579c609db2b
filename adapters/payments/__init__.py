"""Payment providers: money back to where it came from, or value issued."""
