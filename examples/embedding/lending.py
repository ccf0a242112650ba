from typing import Any

from keystone_lua import HostFunction, LuaError, compile_program, execute

STOCK = {"apple": 7}


def stock_of(name: Any) -> int:
    if not isinstance(name, str) or name not in STOCK:
        raise LuaError(f"no article {name!r}")
    return STOCK[name]


def shout(text: Any) -> str:
    if not isinstance(text, str):
        raise LuaError("a text, please")
    return text.upper()


host = {
    "shop": {"stock_of": HostFunction(stock_of, price=100), "currency": "EUR"},
    "shout": HostFunction(shout, price=lambda text: 20 + (len(text) if isinstance(text, str) else 0)),
}
program = compile_program("""
    print(shop.stock_of("apple"), shop.currency, shout("ok"))
    print(pcall(shop.stock_of, "pear"))
    function left(name, wanted) return shop.stock_of(name) - wanted end
""")

for line in execute(program, host=host).raise_for_failure().log:
    print(line.position, line.text)
print(execute(program, host=host, call="left", arguments=["apple", 3]).value)
