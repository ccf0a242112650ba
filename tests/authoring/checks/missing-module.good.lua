-- A module that is there; one that surely runs and is missing does not compile, and is told as that.
local ok, words = pcall(require, "words")

function on_route_request(request, backends)
  local first = ok and words.first or require("words").first
  return { selected_backend = first or backends[1].name }
end
