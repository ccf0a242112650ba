"""HAProxy's own protocol (SPOE): it asks for a decision and gets the answer as variables."""
