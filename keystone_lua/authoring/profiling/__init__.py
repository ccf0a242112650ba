"""Profiles for people: where a run's budgets went, as text and as a page.

Input: a run's outcome and Profile, the sources. Output: text, HTML. Scripts and their logs are hostile text: all of
it is escaped.
"""

from .page import html_page
from .report import Report, text_report

__all__ = ["Report", "html_page", "text_report"]
