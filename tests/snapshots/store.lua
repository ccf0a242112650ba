local t, k, v = ...
t.x = v
t[1] = v
t[k] = v
