"""Processes of lower priority for runs that outgrow the event loop."""
