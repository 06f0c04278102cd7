"""The kinds of timers handoff arms."""

# Each clock of a hand-off has one timer, armed for its next step of the ladder. Step 1 is the
# lead's own clock, step 2 the share of a later owner.
ACCEPT = "accept"
FIRST_ATTEMPT = "first_attempt"
CLOCKS = (ACCEPT, FIRST_ATTEMPT)
LEADS, OWNERS = 1, 2
RECONSIDER = "reconsider"  # a cool-down ends
START_POLICY = "start_policy"  # a scheduled version begins to decide
REVIEW = "review"  # of a policy version: look whether both teams should look at it again
HOLD_ENDS = "hold_ends"  # a person held a lead back until now; the subject is their word
CORRECTED = "corrected"  # a lead held back for wrong data was told about; subject: the hold
RECOUNT = "recount"  # a calendar or a team's calendar changed: count what is ahead again
LAST_DAY = "last_day"  # of a person ends; the subject is the person
MOVE = "move_handoffs"  # a person has left: their open hand-offs go to others
