"""The command line: click's and rich's only home.

Arguments, presentation and exit codes; what is done and decided is the coordinator's. Every module
imports only click and light parts of the standard library at the top, so that help costs next to nothing.
"""
