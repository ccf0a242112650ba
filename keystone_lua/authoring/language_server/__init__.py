"""The language server: what an editor shows of a script while somebody types.

`server` speaks the Language Server Protocol by pygls, the extra ``lsp``; `pipe` has its messages; the other files know
neither. Input: documents, as editors have them, and places in them. Output: findings, names that fit, what a name is,
where it was made. No script is run, and most of what is asked of is broken at that moment: all but the findings goes by
tokens (`outline`).
"""
