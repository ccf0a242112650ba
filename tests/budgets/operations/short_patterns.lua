-- Patterns on short subjects.
local n
for i = 1, 1e9 do n = ("key=value"):match("^(%w+)=(%w*)$") n = ("a"):find("b") n = ("abc"):gsub("%w", "%0%0") end
