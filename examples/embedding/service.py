import asyncio
from typing import Any

from keystone_lua import Limits, Program, Result, compile_program, execute

LIMITS = Limits(instructions=2_000_000, seconds=0.5)


async def score(program: Program, order: dict[str, Any]) -> Result:
    """Run a script beside the event loop: at most half a second of one thread."""
    return await asyncio.to_thread(execute, program, LIMITS, arguments=[order])


async def main() -> None:
    program = compile_program("local order = ... return order.amount > 100 and 'check' or 'pass'", "score.lua")
    results = await asyncio.gather(*(score(program, {"amount": amount}) for amount in (20, 500, 90)))
    print([result.value for result in results])


asyncio.run(main())
