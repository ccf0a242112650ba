-- EXPECT: ok =13 -- files of the routing library were imported by the run that computes their names: 90 ms of the event loop, once a process
local count = 0
for name in ("accept base64 bucket cookie hash ip json jwt ngx re text time url"):gmatch("%w+") do
  if require(name) then count = count + 1 end
end
return count
