"""The pure heart: values in, values out; no files, no clock, no database."""
