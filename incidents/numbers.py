"""The numbers that things of the record have."""

from __future__ import annotations

LARGEST = 2**63 - 1
"""More than a row's number can be: what is asked for beyond it is nothing that there is."""
