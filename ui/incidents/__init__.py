"""Incidents: the page of the console, and the line for a note over the wall's lower edge."""
