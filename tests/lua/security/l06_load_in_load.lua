-- EXPECT: budget|error -- a chunk that loads a chunk that loads a chunk
-- allow-load
function nest(n) return loadstring("return nest(" .. n .. " + 1)")() + 1 end
return nest(0)
