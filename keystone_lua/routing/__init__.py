"""What a gateway asks: a request, a script, a decision. This room knows the interpreter, and nothing of HTTP."""

from .answer import answer_text
from .decision import Decision, clock_text, decide

__all__ = ["Decision", "answer_text", "clock_text", "decide"]
