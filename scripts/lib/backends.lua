-- Choosing among a request's backends. Shared by the routing scripts: require "backends".

local M = {}

-- The first healthy backend whose name contains `word`, compared as plain text:
-- "version-a" holds a "-", which is an operator in a Lua pattern.
function M.healthy(backends, word)
  for _, backend in ipairs(backends) do
    if backend.health and backend.name:find(word, 1, true) then
      return backend
    end
  end
end

-- The first healthy backend whatever its name.
function M.any_healthy(backends)
  for _, backend in ipairs(backends) do
    if backend.health then
      return backend
    end
  end
end

-- An answer that refuses the request.
function M.reject(reason)
  return { selected_backend = "", reject = true, reject_reason = reason }
end

-- The answer of a script that wants the backend called `word`: that one, else any healthy
-- one, else a reject. `header` tells the backend which kind was wanted.
function M.route(backends, word, header, value)
  local backend = M.healthy(backends, word)
  if backend then
    return {
      selected_backend = backend.name,
      modified_headers = { [header] = value, ["X-Routed-By"] = "lua-engine" },
    }
  end
  backend = M.any_healthy(backends)
  if backend then
    return {
      selected_backend = backend.name,
      modified_headers = { ["X-Routed-By"] = "lua-engine-fallback" },
    }
  end
  return M.reject("No healthy backends available")
end

return M
