"""The channels, held against the sandbox, scripted servers and their own tables."""
