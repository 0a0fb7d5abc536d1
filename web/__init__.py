"""HTTP's only home: outside triggers, provider callbacks, health, and the public pages as they lie.

A handler parses, makes one call of the coordinator and presents; nothing is decided here.
"""
