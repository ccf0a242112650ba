-- EXPECT: ok -- control characters in output
print("\0\27[31m\r\n\255")
return 1
