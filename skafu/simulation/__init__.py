"""The simulator: the real handlers over an AWS in memory that is as weak as AWS.

One seed makes one schedule: who runs next, what is delivered when, twice or not at all, which
answer is lost, which read is stale, which process dies between which two calls. Every schedule
ends in quiescence, and then all that was promised is checked (checks.py).
"""
