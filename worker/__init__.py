"""Clockwork: what makes the house move. apscheduler's only home.

Everything here only rings: the database row is the truth for everything that leaves and is due.
"""
