"""One closed file per way out of the building; the only network I/O of this room.

Each channel turns a Message into one Answer and maps every code and exception of the library it wraps.
"""
