"""One value, or a list of indicators, looked for in all logs at once: where it is, what is beside it, and who could not have seen it."""
