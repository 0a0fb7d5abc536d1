"""Loopback providers (Twilio's HTTP, SMTP, the public pages) with a fault dial and a ledger.

An oracle: imports nothing of ours, keeps its own file, and answers only after its own commit.
"""
