"""Torture: break the running of a store on purpose, thousands of times, and count what is lost.

town      a small store, and the files that are loaded into it while it suffers
owner     a process that owns the store, does one thing after the other and says when each is done
ledger    what was begun and what was done, to hold the store against
judging   whether everything acknowledged is there and nothing half-done is
moments   die at a named moment: a statement, a commit, a checkpoint, a rename
killing   kill -9 at random and at named moments, again and again on one store
power     power failures: images of the disk built from a record of system calls
disk      full disks, with room made afterwards and no restart
inputs    hostile files, values, edits, statements and requests, a million of them
"""
