"""What happened: the incident, its level, its lifecycle and its timeline.

Pure: no clock, no database; `now` is always an argument. Imports nothing of ours; every other room may import it.
"""
