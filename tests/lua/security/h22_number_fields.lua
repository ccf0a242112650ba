-- EXPECT: error -- numbers have no attributes
return (5).real
