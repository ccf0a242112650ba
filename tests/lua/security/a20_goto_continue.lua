-- EXPECT: budget -- continue in an endless loop
while true do goto continue do local x = 1 end ::continue:: end
