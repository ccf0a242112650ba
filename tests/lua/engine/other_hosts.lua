-- What scripts of other hosts call: the error says what to use here, unless the script has a value of that name.
print(pcall(function() ngx.log(1) end)) --> false\tother_hosts.lua:2: attempt to index global 'ngx' (a nil value): that is OpenResty's; use on_route_request's request and its answer, or require 'ngx' for what only computes
print(pcall(function() return kong.request end)) --> false\tother_hosts.lua:3: attempt to index global 'kong' (a nil value): that is Kong's; use on_route_request's request and its answer
print(pcall(function() return cjson.encode({}) end)) --> false\tother_hosts.lua:4: attempt to index global 'cjson' (a nil value): write local cjson = require "cjson"
print(pcall(function() return string.split("a,b", ",") end)) --> false\tother_hosts.lua:5: attempt to call field 'split' (a nil value): write require("text").split(s, separator)
print(pcall(function() local ffi ffi.new("x") end)) --> false\tother_hosts.lua:6: attempt to index local 'ffi' (a nil value)
print(select(2, pcall(require, "resty.http")):match("[^\n]*$")) --> \ta decision calls nobody and waits for nothing
print(select(2, pcall(require, "resty.anything")):match("[^\n]*$")) --> \tthat is OpenResty's; docs/coming-from.md says what to use
print(select(2, pcall(require, "mine.own")):match("[^\n]*$")) --> \tno file 'lib/mine/own/init.lua'
string.split = function() return "mine" end
print(string.split()) --> mine
