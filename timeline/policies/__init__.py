"""What vendors keep by default, and when they failed to: dated data files with their sources, and the reading of them."""
