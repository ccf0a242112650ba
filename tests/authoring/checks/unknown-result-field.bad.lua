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
