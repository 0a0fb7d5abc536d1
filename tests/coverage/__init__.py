"""Which demand of the handbook is kept by which test: `python -m tests.coverage`.

A test names the demands that it keeps (R26) in its docstring; demands.yaml says what each is, and which are claimed.
"""
