"""What arrives: one pure parser per outside format, and the routing rules that open or join an incident.

Pure: bytes in, trigger values out. A bad body raises Invalid with the field's path and is quarantined, never
lost.
"""
