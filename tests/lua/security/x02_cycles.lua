-- EXPECT: budget -- cycles that counting references cannot free
while true do local a, b = {}, {} a.b, b.a = b, a end
