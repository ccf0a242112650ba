-- EXPECT: error -- io.open names io
return io.open("/etc/passwd")
