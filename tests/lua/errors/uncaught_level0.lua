print("x") --> x
error("no position", 0) --> error: no position
