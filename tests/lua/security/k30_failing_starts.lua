-- EXPECT: budget -- what each failing start of a search took was charged when the search had ended: a second for each megabyte
local text, literal = ("a"):rep(1000000), ("a"):rep(1247) .. "baa"
while true do
  text:gmatch(literal)()
  text:gsub(literal, "")
  text:match(("a"):rep(200) .. "[bc]")
  text:match("(a)b%1")
end
