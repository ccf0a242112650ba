"""Random well-formed programs, run by real Lua and by the engine, compared.

generator   a tree of statements and expressions, drawn from a random source
reference   one lua5.1 (or luajit) process that runs many programs
compare     one program on both sides, normalised
shrink      the smallest program that still differs
golden      recorded answers, for machines without lua5.1
"""
