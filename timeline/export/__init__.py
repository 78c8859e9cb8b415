"""What leaves the case: rows in the formats of people and programs, and the HTML timeline."""
