local words = require "words"

function on_route_request(request, backends)
  for _, backend in ipairs(backends) do
    if backned.health and backend.name == words.first then
      return { selected_backend = backend.name }
    end
  end
  do
    local fallback = backends[1]
    log(fallback.name)
  end
  return { selected_backend = fallback.name, reject = tobolean(request.headers.reject), reject_reason = REASON }
end
