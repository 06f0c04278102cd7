"""The demonstration: a small company's thirty days, sent through the real HTTP doors.

Everything is drawn from a seed, so two runs tell the same story; only the clock they hang
on is the present one.
"""
