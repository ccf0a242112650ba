-- EXPECT: ok =0,3,3 -- select at its edges
return select("#") .. "," .. select("#", nil, nil, nil) .. "," .. select(-1, 1, 2, 3)
