-- EXPECT: parse|ok -- empty statements are no 5.1
return 1;;
