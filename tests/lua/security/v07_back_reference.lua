-- EXPECT: ok|budget -- back references that nearly match
return (("a"):rep(3000):match("(a*)b%1"))
