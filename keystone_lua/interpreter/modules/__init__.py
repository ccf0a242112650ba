"""The routing library: modules that a script gets by ``require``. One file for each, found by name in catalogue.

A file has a factory ``library(run, fuel, alloc)``, like those of stdlib. It is imported when a script that requires
it is compiled; other scripts pay nothing for it.
"""
