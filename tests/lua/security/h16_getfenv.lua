-- EXPECT: error -- no environments
return getfenv(0)
