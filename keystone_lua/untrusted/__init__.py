"""Files and text that somebody else wrote: read within bounds, shown without effects.

``files`` opens regular files only and looks at their size first, ``documents`` reads JSON and a safe part of YAML
with limits that are counted while reading, ``text`` makes any text fit for a terminal. This room imports no other.
"""
