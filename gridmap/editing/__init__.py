"""Change boundaries safely: drafts, what they would do, the checks before publishing, and taking back.

drafts       the drafts kept in the store, every accepted edit at once
session      one drafting session: apply, undo, redo, compare, rebase
proposals    what is to be published: which regions begin, change and end
validating   the list of checks before a change is published
publishing   put a proposal into force in one transaction, or take a version back
"""
