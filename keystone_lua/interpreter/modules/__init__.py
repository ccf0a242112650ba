"""The routing library: what a script gets by ``require``. One file a module, found by name in catalogue.

A file has a factory ``library(run, fuel, alloc)``, as those of stdlib have. It is imported when a script that requires
it is compiled; nobody else pays for it.
"""
