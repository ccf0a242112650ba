local function reject(why)
  return { reject = true, reject_reason = why }
end

function on_route_request(request, backends)
  local state = { selected_backend = "a", count = 1 }
  state.count = state.count + 1
  local answer = { selected_backend = state.selected_backend, modified_headers = {} }
  answer.modified_path = request.path .. "/x"
  if #backends == 0 then
    return reject("none")
  end
  return answer
end
