from keystone_lua import compile_program, decide

program = compile_program("""
    function on_route_request(request, backends)
      for _, backend in ipairs(backends) do
        if backend.health then return {selected_backend = backend.name} end
      end
      return {reject = true, status_code = 503}
    end
""")
request = {
    "method": "GET",
    "path": "/",
    "backends": [
        {"name": "blue", "url": "http://10.0.0.1", "health": False},
        {"name": "green", "url": "http://10.0.0.2", "health": True},
    ],
}
decision = decide(program, request)
print(decision.answer, decision.failure, decision.instructions)
