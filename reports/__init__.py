"""What we know afterwards: pure folds over the record into report values.

Pure: same record, same value, same bytes (I18); no clock is read, and the
report says nothing of when it was made.
"""
