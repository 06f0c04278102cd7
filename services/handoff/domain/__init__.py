"""What handoff decides, as pure values: no clock, no I/O, the standard library only."""
