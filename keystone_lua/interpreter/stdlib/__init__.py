"""The standard library: one module a library, each with one factory ``library(run, fuel, alloc)``.

The factory's nested functions are templates; registry.Recipe makes a run's own from them.
"""
