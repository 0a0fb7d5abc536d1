"""By when: rule packs, windows, verdicts, the warning ladder. The law is docs/windows.md.

Pure: no clock, no database; `now` is always an argument.
A verdict is decided once and for ever; a breached duty stays owed until told or ended with a cause.
"""
