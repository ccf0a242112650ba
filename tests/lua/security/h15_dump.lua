-- EXPECT: error -- no string.dump
return string.dump(print)
