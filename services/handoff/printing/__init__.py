"""Reports people print and take into a meeting: one page each, nothing loaded from anywhere."""
