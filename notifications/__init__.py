"""Who is told what, and did it arrive: notices, audiences, delivery states, answers, pacing.

Pure: no clock, no database, no network; the only I/O is in `channels`, which wiring alone may import.
"""
