"""Asks the case what each stream shows, gives it to the core as plain values, and brings the core's answers back as rows."""
