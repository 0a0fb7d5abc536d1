"""The use cases: verbs that read, decide by the pure rooms, write their own noun and return effects.

Verbs never import each other; perform.py alone carries effects out. Knows storage, channels and rendering
only by the ports in ports.py.
"""
