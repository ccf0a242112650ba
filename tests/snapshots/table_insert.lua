local t = {}
table.insert(t, ...)
table.insert(t, 1)
return t
