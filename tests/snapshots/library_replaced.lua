math = {floor = print}
return math.floor(2.5)
