"""Every word that a person outside reads: notices, words, pages, reports.

Data only, by kind × channel × language; both languages are always there. No sentence lives in Python.
What a template may do is in rendering/allow.py; an operator's approved texts stand in front of these.
"""
