-- EXPECT: budget -- each value of a name had a copy of the name, which nobody paid for: 580 MB for 10
local ngx = require "ngx"
local name, values = ("a"):rep(300000), {}
for i = 1, 2000 do values[i] = "" end
return #ngx.encode_args{[name] = values}
