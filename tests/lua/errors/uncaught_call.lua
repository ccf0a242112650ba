print("calling nothing") --> calling nothing
handler.on_request( --> error: uncaught_call.lua:2: attempt to index global 'handler' (a nil value)
  1
)
