-- EXPECT: ok =%{0.__class__} {0} -- format fields of Python are text
return ("%s {0}"):format("%{0.__class__}")
