"""Seed data: six real outages, and made-up customers.

Deterministic: the same arguments give the same rows on every machine.
"""
