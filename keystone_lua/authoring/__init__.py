"""For people who write scripts: checks, tests and profiles, to find mistakes before traffic does.

It knows routing and the interpreter; files, options and exit codes belong to the command line.
"""
