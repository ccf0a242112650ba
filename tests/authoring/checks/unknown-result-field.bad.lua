local function reject(why)
  return { reject = true, reject_reasn = why }
end

function on_route_request(request, backends)
  if request.path == "/" then
    return { selected_backend = "root", colour = "red" }
  end
  local answer = { selected_backend = "a" }
  answer.modified_header = { ["X-A"] = "1" }
  if #backends == 0 then
    return reject("none")
  end
  return answer
end

on_route_request = function(request)
  if request.path == "/a" then
    return { selected_backend = "a", headers = {}, timeout = 5 }
  end
  local answer = { reject = true, status = 404 }
  return answer
end
