"""The command line: one module per group of commands.

Commands print results on standard output and everything else on standard error; ``--json``
prints the answer as it came. Exit codes: 0 done, 1 failed, 2 called wrongly. Modules here
import little at the top, because ``relevo --help`` loads them all.
"""
