"""Real gateways with the examples' configurations, real backends, and the engine: see __main__."""
