"""sqlalchemy's only home: the schema on one page, row <-> frozen value, one transaction per use case.

The row is the truth for everything that leaves and everything that is due. SQL never calls now().
"""
