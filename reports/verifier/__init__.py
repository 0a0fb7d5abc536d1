"""Checks a proof archive offline, with the standard library alone; docs/proof.md.

The law: it imports nothing of ours, trusts nothing that it reads, and travels in every archive as one file, which
`single.py` puts together of these. It never runs what it finds in an archive.
"""
