local limit = "10"
if 5 < limit then print("no") end --> error: uncaught_compare.lua:2: attempt to compare number with string
