-- EXPECT: budget -- of a long range a copy was made for each offer: 3 s of work for 1,000 offers within the default budgets
local accept = require "accept"
local long, offers = ("a"):rep(300000), {}
for i = 1, 1000 do offers[i] = "abc" end
local blank = (" "):rep(300000)
while true do
  accept.language(blank, offers)
  accept.language(long, offers)
  accept.type(long .. "/*", offers)
  accept.encoding("x-" .. long, offers)
end
