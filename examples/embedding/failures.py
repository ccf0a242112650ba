from keystone_lua import (
    BudgetExceeded,
    InstructionsExceeded,
    Limits,
    LuaError,
    LuaSyntaxError,
    LuaTable,
    StackOverflow,
    compile_program,
    execute,
)

small = Limits(instructions=100_000, memory=1 << 20, depth=200, log=1000, seconds=1.0)


def run(source: str) -> None:
    try:
        result = execute(compile_program(source, "x.lua"), small).raise_for_failure()
        print("ok:", result.value)
    except LuaSyntaxError as error:
        print(f"not Lua, line {error.line}:", error.message)
    except StackOverflow as error:
        print("too deep:", error.message)
    except LuaError as error:
        value = error.value  # whatever the script has given
        print("failed:", value.get("code") if isinstance(value, LuaTable) else value)
    except InstructionsExceeded as error:
        print(f"too long: more than {error.limit} instructions")
    except BudgetExceeded as error:
        print(f"{error.kind}: more than {error.limit}")


run("return 6 * 7")
run("return 6 *")
run("local x = nil + 1")
run("error({code = 404})")
run("local function f() return 1 + f() end f()")
run("while true do end")
run("local s = 'x' while true do s = s .. s end")
run("while true do print('again and again') end")

failure = execute(compile_program("local function f() error('no') end\nf()", "x.lua")).failure
if failure is not None:
    print(failure.kind, "|", failure.message, "|", failure.position, "|", failure.traceback)
