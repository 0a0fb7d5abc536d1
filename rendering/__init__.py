"""jinja2's only home: facts and pages become the texts and files that people outside read.

Templates are checked against an allow-list before they are compiled; data never becomes markup or header.
Decides nothing, sends nothing, reads no clock.
"""
