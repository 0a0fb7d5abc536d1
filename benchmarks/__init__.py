"""What the README's figures come from: ours beside its peer or limit, in one run on one machine.

The law: A and B take turns, the median and the range are said, and a figure that proves nothing is refused.
"""
