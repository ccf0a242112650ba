-- EXPECT: parse|error -- require stays inside lib/
return require("../../../etc/passwd")
