"""For the people who write scripts: checks, tests and profiles, before traffic shows what a script does.

Knows the interpreter only; files, options and exit codes are the command line's.
"""
