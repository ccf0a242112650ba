from keystone_lua import compile_program, execute

program = compile_program(
    """
    local order = ...
    local total = 0
    for _, item in ipairs(order.items) do
      total = total + item.price * item.count
    end
    if order.customer == "Åsa" then total = total * 0.9 end
    return {total = total, lines = #order.items, tags = {"priced", "discounted"}}
    """,
    "discount.lua",
)

order = {"customer": "Åsa", "items": [{"price": 25, "count": 2}, {"price": 10, "count": 5}]}
result = execute(program, arguments=[order])
table = result.value
print(table["total"], table["tags"][1])
print(table.to_python())
print(result.status, result.instructions, result.allocated_bytes)
