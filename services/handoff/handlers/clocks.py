"""The kinds of timers handoff arms."""

ACCEPT = "accept"  # step 1: the lead's own clock; step 2: the share of a later owner
RECONSIDER = "reconsider"  # a cool-down ends
HOLD_ENDS = "hold_ends"  # a person held a lead back until now; the subject is their word
CLOCKS = (ACCEPT,)  # what an answer stops
