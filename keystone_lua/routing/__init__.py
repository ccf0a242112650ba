"""What a gateway asks: a request, a script, a decision. Knows the interpreter, and nothing of HTTP."""

from .decision import Decision, answer_text, clock_text, decide, decide_plain

__all__ = ["Decision", "answer_text", "clock_text", "decide", "decide_plain"]
