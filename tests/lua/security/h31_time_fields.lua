-- EXPECT: ok|error -- os.time with huge or odd fields
for _, v in ipairs({1e308, -1e308, 2^53, 0/0, 1/0, "x", {}, -1, 99999}) do
  for _, k in ipairs({"year", "month", "day", "hour", "min", "sec"}) do local t = {year = 2020, month = 1, day = 1} t[k] = v pcall(os.time, t) end
end
return "done"
